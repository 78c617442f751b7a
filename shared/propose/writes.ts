import type { Finding } from '../core/finding';
import type { World } from '../core/ports';
import { lineOf } from '../core/what-if';
import type { Wanted } from './wanted';

/** What Steward itself would write, as lines for people; empty where it was not worked out that it would write anything. */
export function linesOfWrites(
  { controlId, findings }: Wanted,
  { settings }: Pick<World, 'settings'>,
): readonly string[] {
  const changes = findings.filter(isOpen).flatMap((finding) => finding.changes ?? []);
  const once = [...new Map(changes.map((change) => [`${change.resourceId}|${change.summary}`, change])).values()];
  if (once.length === 0) return [];
  const isNamed = settings.remediate.includes(controlId);
  return [
    isNamed
      ? `Steward, ${controlId}: there is nothing to apply, for REMEDIATE names the control and Steward writes this itself:`
      : `Steward, ${controlId}: there is nothing to apply; Steward writes this itself when REMEDIATE names ${controlId}:`,
    ...once.flatMap(({ resourceId, summary, differences }) => [
      summary,
      `  ${resourceId}`,
      ...differences.map((difference) => `  ${lineOf(difference)}`),
    ]),
  ];
}

const isOpen = ({ state }: Finding): boolean => state === 'open' || state === 'unknown';
