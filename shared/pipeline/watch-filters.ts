import type { World } from '../core/ports';
import { isWatchOpen, recordWatch, watches } from './watches';

/** A filter that cannot be understood lets nothing be written, and is a finding until it can. */
export async function watchFilters(world: World): Promise<void> {
  const { remediateIn, resourceGroupId } = world.settings;
  const watch = watches.scopeFilters;
  if ('unreadable' in remediateIn) {
    const reason = `${remediateIn.unreadable}; nothing is written until it is put right`;
    const verdict = { state: 'violation', problems: [{ severity: watch.severity, reason }] } as const;
    return recordWatch(world, watch, resourceGroupId, verdict);
  }
  if (!(await isWatchOpen(world, watch, resourceGroupId))) return;
  await recordWatch(world, watch, resourceGroupId, { state: 'compliant', reason: 'every filter is understood' });
}
