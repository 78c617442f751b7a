/** Stops a control from writing in a subscription, until a person lets it. */
export interface Breaker {
  /** Absent: it is closed, and the control may write. */
  readonly open?: { readonly at: string; readonly because: string };
  /** Who closed it last, and why. */
  readonly closed?: { readonly at: string; readonly by: string; readonly reason: string };
  /** How the last remedies ended since one failed, oldest first. */
  readonly outcomes: readonly { readonly at: string; readonly failed: boolean }[];
}

export const neverOpened: Breaker = { outcomes: [] };

/** So many of the last remedies are looked at, and it takes at least `fewest` of them to open. */
const last = 20;
const fewest = 10;
const hourMs = 3_600_000;

/**
 * The breaker after a remedy; undefined when nothing about it changes. It opens at a failure, when half of the last remedies
 * of an hour failed. While nothing fails nothing is kept.
 */
export function afterOutcome(breaker: Breaker, at: string, failed: boolean): Breaker | undefined {
  if (breaker.open !== undefined || (!failed && breaker.outcomes.length === 0)) return undefined;
  const since = new Date(Date.parse(at) - hourMs).toISOString();
  const outcomes = [...breaker.outcomes.filter((one) => one.at > since), { at, failed }].slice(-last);
  const failures = outcomes.filter((one) => one.failed).length;
  if (!failed || outcomes.length < fewest || failures * 2 < outcomes.length)
    return { ...breaker, outcomes: failures === 0 ? [] : outcomes };
  return opened(breaker, at, `${failures} of the last ${outcomes.length} remedies within an hour failed`);
}

/** The same, open. Who is first says why. */
export function opened(breaker: Breaker, at: string, because: string): Breaker {
  return breaker.open === undefined ? { ...breaker, outcomes: [], open: { at, because } } : breaker;
}

/** The same, closed by a person; what failed before does not count any more. */
export function closedBy({ at, by, reason }: NonNullable<Breaker['closed']>): Breaker {
  return { closed: { at, by, reason }, outcomes: [] };
}
