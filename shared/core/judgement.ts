import type { Control } from './control';
import type { Inventory } from './inventory';
import type { Resource } from './resource';
import type { Settings } from './settings';
import { worstOf, type Aspect, type Problem, type Verdict } from './verdict';

/** What a control says about a subject as a whole, and about each of several things where it judges several. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Absent: there is but one thing. */
  readonly aspects?: readonly Aspect[];
}

export function judgementOf(control: Control, subject: Resource, inventory: Inventory, settings: Settings): Judgement {
  const result = control.evaluate(subject, inventory, settings);
  return isVerdict(result) ? { verdict: result } : { verdict: sumOf(result), aspects: result };
}

function isVerdict(result: Verdict | readonly Aspect[]): result is Verdict {
  return !Array.isArray(result);
}

/** Wrong when one is, else unknown when one is: unknown is never compliant. */
export function sumOf(aspects: readonly Aspect[]): Verdict {
  const of = (state: Verdict['state']): readonly Aspect[] =>
    aspects.filter(({ verdict, aside }) => verdict.state === state && aside !== true);
  const [wrong, unknown, right] = [of('violation'), of('unknown'), of('compliant')];
  const count = (some: readonly Aspect[]): string =>
    `${some.length} of ${wrong.length + unknown.length + right.length}`;
  const names = (some: readonly Aspect[]): string => [...new Set(some.map(nameOf))].join('; ');
  if (wrong.length > 0)
    return { state: 'violation', problems: [problemOf(wrong, `${count(wrong)} not met: ${names(wrong)}`)] };
  if (unknown.length > 0) return { state: 'unknown', reason: `${count(unknown)} unknown: ${names(unknown)}` };
  if (right.length > 0) return { state: 'compliant', reason: `${count(right)} met` };
  return { state: 'notApplicable', reason: 'nothing of it applies' };
}

/** Of an object in a cluster `deployments/web`: what is good is the same of all of them. */
function nameOf({ title, subject }: Aspect): string {
  return subject === undefined ? title : subject.split('/').slice(-2).join('/');
}

function problemOf(wrong: readonly Aspect[], reason: string): Problem {
  const problems = wrong.flatMap(({ verdict }) => (verdict.state === 'violation' ? verdict.problems : []));
  return { severity: worstOf(problems), reason };
}
