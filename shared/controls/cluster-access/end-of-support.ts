import type { Problem, Severity } from '../../core/verdict';

/** What somebody stops supporting. */
export interface Ending {
  /** The last day of support, as `2027-09-30`. */
  readonly ends: string;
  /** What is used, as the beginning of a sentence. */
  readonly what: string;
  /** What to do, in the infinitive. */
  readonly instead: string;
}

const dayMs = 86_400_000;
const warningDays = 180;

/** Whether the day is over; `now` is ISO 8601 in UTC. */
export function isOver(ends: string, now: string): boolean {
  return now.slice(0, 10) > ends;
}

/** Whether it is over or will be within 180 days. */
export function endsSoon(ends: string, now: string): boolean {
  return (Date.parse(ends) - Date.parse(now.slice(0, 10))) / dayMs <= warningDays;
}

/** A violation from the day after; of low severity within the 180 days before; until then nothing. */
export function endingProblems({ ends, what, instead }: Ending, now: string, severity: Severity): readonly Problem[] {
  if (isOver(ends, now)) return [{ severity, reason: `${what} is out of support since ${ends}: ${instead}` }];
  if (!endsSoon(ends, now)) return [];
  return [{ severity: 'low', reason: `${what} is supported until ${ends} only: ${instead} before` }];
}
