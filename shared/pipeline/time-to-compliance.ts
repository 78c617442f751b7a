import type { Finding, FindingState } from '../core/finding';
import type { Judged } from './report';

/**
 * From the event, or the first look where there was none, until the resource was right and proved; only where it was
 * seen to be wrong, and is there to be right.
 */
export function timeToCompliance(
  previous: Finding | undefined,
  state: FindingState,
  judged: Judged,
  firstSeen: string,
): Pick<Finding, 'timeToCompliance'> {
  const known = previous?.timeToCompliance;
  if (state !== 'resolved') return {};
  if (previous?.state === 'resolved') return known === undefined ? {} : { timeToCompliance: known };
  if (previous?.state !== 'open' || judged.gone === true) return {};
  const { confirmed, seen } = judged.hops;
  const began = earlier(previous.hops.event, firstSeen);
  return { timeToCompliance: Math.max(0, Date.parse(confirmed ?? seen) - Date.parse(began)) };
}

function earlier(a: string | undefined, b: string): string {
  return a !== undefined && a < b ? a : b;
}
