import type { Hops } from './finding';

export const severities = ['low', 'medium', 'high'] as const;
export type Severity = (typeof severities)[number];

export interface Problem {
  readonly severity: Severity;
  /** What was wanted and what was found, as a sentence without a full stop. */
  readonly reason: string;
}

export type Verdict =
  | { readonly state: 'compliant'; readonly reason: string }
  | { readonly state: 'violation'; readonly problems: readonly Problem[] }
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'notApplicable'; readonly reason: string }
  | Exempt;

/** What would be a violation or unknown, and somebody takes responsibility for it until a day. No control says so itself. */
export interface Exempt {
  readonly state: 'exempt';
  readonly reason: string;
  /** Key of the exemption. */
  readonly exemption: string;
  /** The reason of the verdict that it would be. */
  readonly otherwise: string;
}

/** One of several things that a control judges about a subject, as a policy that is assigned to it. */
export interface Aspect {
  /** What tells it from the others, on every run. */
  readonly key: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Id of what it is about, where that has one of its own, as an object in a cluster. Absent: the subject. */
  readonly subject?: string;
  /** There is a proposal for a person to apply: `npm run propose` prints it. */
  readonly proposes?: true;
  /** It is about Steward itself and says nothing about the resource. */
  readonly aside?: true;
  /** Times of its own, that replace those of the whole. */
  readonly hops?: Partial<Omit<Hops, 'event' | 'seen' | 'decided'>>;
}

export function worstOf(problems: readonly Problem[]): Severity {
  return severities.findLast((severity) => problems.some((problem) => problem.severity === severity)) ?? 'low';
}

export function reasonOf(verdict: Verdict): string {
  if (verdict.state !== 'violation') return verdict.reason;
  return verdict.problems.map((problem) => problem.reason).join('; ');
}
