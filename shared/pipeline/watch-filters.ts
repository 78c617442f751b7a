import type { World } from '../core/ports';
import type { Verdict } from '../core/verdict';
import { record } from './record';
import { findingIdOf, isOpen } from './report';
import { subscriptionOf } from '../core/resource';
import { watches } from './watches';

/** A filter that cannot be understood lets nothing be written, and is a finding until it can. */
export async function watchFilters(world: World): Promise<void> {
  const { remediateIn, resourceGroupId } = world.settings;
  const watch = watches.scopeFilters;
  const key = { subscriptionId: subscriptionOf(resourceGroupId), findingId: findingIdOf(watch.id, resourceGroupId) };
  const previous = await world.findings.get(key.subscriptionId, key.findingId);
  const isUnreadable = 'unreadable' in remediateIn;
  if (!isUnreadable && (previous === undefined || !isOpen(previous.state))) return;
  const verdict: Verdict = isUnreadable
    ? { state: 'violation', problems: [{ severity: watch.severity, reason: remediateIn.unreadable }] }
    : { state: 'compliant', reason: 'every filter is understood' };
  const now = world.now();
  const remedy = isUnreadable ? 'not written: nothing is, until it is put right' : '';
  const hops = { seen: now, decided: now };
  await record(world, { control: watch, resourceId: resourceGroupId, verdict, hops, remedy, lookedAt: [], asOf: now });
}
