import type { Control } from '../core/control';
import type { Finding } from '../core/finding';
import { same } from '../core/resource';
import { isOpen } from './report';

export interface Counts {
  readonly compliant: number;
  readonly open: number;
  readonly unknown: number;
  readonly exempt: number;
  readonly notApplicable: number;
  /** Since when the one is open that is open longest. */
  readonly oldestOpenAt: string | null;
}

export const nothingFound: Counts = {
  compliant: 0,
  open: 0,
  unknown: 0,
  exempt: 0,
  notApplicable: 0,
  oldestOpenAt: null,
};

export interface Tally {
  add(finding: Finding): void;
  /** What was found by a control or a watch; undefined when it found nothing. */
  of(id: string): Counts | undefined;
}

/**
 * Counts the findings of a subscription while somebody lists them. Counted are resources, as in the posture that the API
 * answers: a finding that sums up several aspects is one, in its own state. What was put right is compliant here, and what
 * does not exist any more is not counted.
 */
export function tallyFor(controls: readonly Pick<Control, 'id' | 'subjects'>[]): Tally {
  const counts = new Map<string, Counts>();
  return {
    add: (finding) => {
      const { controlId } = finding;
      const control = controls.find(({ id }) => id === controlId);
      if (!isCounted(finding, control?.subjects)) return;
      counts.set(controlId, plus(counts.get(controlId) ?? nothingFound, finding));
    },
    of: (id) => counts.get(id),
  };
}

/** That a subscription could not be listed, and can be again, is a finding on something that the control does not judge. */
function isCounted({ gone, state, resourceType }: Finding, subjects: readonly string[] = [resourceType]): boolean {
  return gone !== true && (isOpen(state) || subjects.some((type) => same(type, resourceType)));
}

function plus(counts: Counts, { state, firstSeen }: Finding): Counts {
  const field = state === 'resolved' ? 'compliant' : state;
  const oldest = counts.oldestOpenAt ?? firstSeen;
  const isOldest = state === 'open' && firstSeen <= oldest;
  return {
    ...counts,
    [field]: counts[field] + 1,
    ...(state === 'open' && { oldestOpenAt: isOldest ? firstSeen : oldest }),
  };
}
