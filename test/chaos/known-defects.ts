import type { Schedule } from './schedule';
import type { Broken, Invariant } from './sim';

/** A defect of the app that is known: what it breaks is not counted until it is mended and its entry is taken out. */
export interface KnownDefect {
  readonly name: string;
  readonly where: string;
  readonly breaks: readonly Invariant[];
  /** What the report says of it; absent: whatever breaks. */
  readonly says?: RegExp;
  /** Only in schedules of this kind. */
  readonly when?: (schedule: Schedule) => boolean;
}

const has =
  (...kinds: readonly Schedule['faults'][number]['kind'][]) =>
  ({ faults }: Schedule): boolean =>
    faults.some(({ kind }) => kinds.includes(kind));

export const knownDefects: readonly KnownDefect[] = [
  {
    name: 'a rule that its owner removed after a write that was cut off may be put back once: Azure does not tell who removed it',
    where: 'shared/pipeline/recover.ts, settle()',
    breaks: ['rules of others stay'],
    says: /was removed and is back/,
    when: has('crash', 'cut', 'refusals', 'operation', 'clock', 'outage'),
  },
  {
    name: 'without the timer, what Azure refused for good, or too often, is not looked at again: that is what the timer is for',
    where: 'shared/pipeline/judge.ts, comeBack()',
    breaks: ['everything right', 'findings as they are'],
    when: ({ timer }) => !timer,
  },
];

export function isKnown(schedule: Schedule, { invariant, text }: Broken): boolean {
  return knownDefects.some(
    ({ breaks, says, when }) => breaks.includes(invariant) && (says?.test(text) ?? true) && (when?.(schedule) ?? true),
  );
}
