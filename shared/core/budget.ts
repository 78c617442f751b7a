import type { Limit } from './limits';
import type { Spent } from './ports';

/** How many, in the slot of that number: a piece of the span of a limit, in whole seconds since the epoch. */
type Count = readonly [slot: number, count: number];

/** What is known of one limit. */
export interface Usage {
  /** What was taken, by slot, oldest first. */
  readonly taken: readonly Count[];
  /** Who was told to come back, by slot, oldest first. */
  readonly told: readonly Count[];
  /** Seconds since the epoch; nothing is taken before. */
  readonly blockedUntil: number;
}

export const unused: Usage = { taken: [], told: [], blockedUntil: 0 };

const slotsPerSpan = 310;
/** Whoever would have to come back later than after so many spans is told to look again then. */
const longestLine = 12;

/** Whole seconds, so that a clock that tells whole seconds does not matter. */
function slotSeconds({ seconds }: Limit): number {
  return Math.max(1, Math.ceil(seconds / slotsPerSpan));
}

/** Slots that have to lie between two takes for a whole span to do so. */
function slotsOf(limit: Limit): number {
  return Math.ceil(limit.seconds / slotSeconds(limit));
}

/**
 * What of it still matters at `now` (seconds since the epoch). A clock that was put back stands still for up to a span;
 * when it was put back further, all that was taken counts as taken now: in no case more is let through.
 */
function current(usage: Usage, limit: Limit, now: number): { readonly usage: Usage; readonly slot: number } {
  const seen = Math.floor(now / slotSeconds(limit));
  const last = usage.taken.at(-1)?.[0] ?? seen;
  const span = slotsOf(limit);
  const slot = last > seen && last - seen <= span ? last : seen;
  const taken = last > slot ? [[slot, total(usage.taken)] as const] : usage.taken.filter(([one]) => slot - one <= span);
  const told = last > slot ? [] : usage.told.filter(([one]) => one >= slot);
  return { usage: { ...usage, taken, told }, slot };
}

function total(counts: readonly Count[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** The first slot from `from` on before which a whole span saw fewer than the limit. */
function firstFree(counts: readonly Count[], limit: Limit, from: number): number {
  const span = slotsOf(limit);
  let slot = from;
  for (;;) {
    const within = counts.filter(([one]) => one <= slot && slot - one <= span);
    if (total(within) < limit.most) return slot;
    slot = (within[0]?.[0] ?? slot) + span + 1;
  }
}

function begin(usage: Usage, limit: Limit, slot: number, now: number): number {
  if (now >= usage.blockedUntil) return slot;
  return Math.max(slot, Math.ceil(usage.blockedUntil / slotSeconds(limit)));
}

/** Seconds until one may be taken; 0: now. Whoever comes first gets it. */
export function waitFor(before: Usage, limit: Limit, now: number): number {
  const { usage, slot } = current(before, limit, now);
  const free = firstFree(usage.taken, limit, slot);
  return Math.max(0, usage.blockedUntil - now, free === slot ? 0 : Math.max(1, free * slotSeconds(limit) - now));
}

/** The usage when one more is taken at `now`. */
export function withTaken(before: Usage, limit: Limit, now: number): Usage {
  const { usage, slot } = current(before, limit, now);
  return { ...usage, taken: counted(usage.taken, slot) };
}

/** Where a newcomer stands in line: behind all that were told to come back, with as many in a span as there may be. */
export function turnIn(before: Usage, limit: Limit, now: number): number {
  const { usage, slot } = current(before, limit, now);
  const from = Math.max(begin(usage, limit, slot, now), usage.told.at(-1)?.[0] ?? 0);
  const free = firstFree(
    [...usage.taken, ...usage.told].toSorted(([a], [b]) => a - b),
    limit,
    from,
  );
  const last = slot + longestLine * slotsOf(limit);
  return Math.max(0, Math.min(free, last) * slotSeconds(limit) - now);
}

/** The usage when somebody is told to come back in so many seconds. */
export function withTold(before: Usage, limit: Limit, now: number, wait: number): Usage {
  const { usage, slot } = current(before, limit, now);
  const then = Math.floor((now + wait) / slotSeconds(limit));
  if (then <= slot || then >= slot + longestLine * slotsOf(limit)) return usage;
  return { ...usage, told: counted(usage.told, then) };
}

export function withBlock(usage: Usage, until: number): Usage {
  return { ...usage, blockedUntil: Math.max(usage.blockedUntil, until) };
}

function counted(counts: readonly Count[], slot: number): readonly Count[] {
  const found = counts.find(([one]) => one === slot);
  const others = counts.filter((one) => one !== found);
  return [...others, [slot, (found?.[1] ?? 0) + 1] as const].toSorted(([a], [b]) => a - b);
}

/** Usages by the names of their limits. */
export type Usages = ReadonlyMap<string, Usage>;

export interface Decision<T> {
  readonly answer: T;
  /** What has changed. */
  readonly usages: Usages;
}

/** Takes one from each limit, or from none (`now` in seconds since the epoch). */
export function take(
  usages: Usages,
  limits: readonly Limit[],
  now: number,
): Decision<{ readonly taken: true } | Spent> {
  const after = new Map<string, Usage>();
  const spent: Spent[] = [];
  for (const limit of limits) {
    const usage = after.get(limit.name) ?? usages.get(limit.name) ?? unused;
    const wait = waitFor(usage, limit, now);
    if (wait > 0) spent.push({ taken: false, wait, limit: limit.name });
    after.set(limit.name, withTaken(usage, limit, now));
  }
  const longest = spent.toSorted((a, b) => b.wait - a.wait)[0];
  return longest === undefined
    ? { answer: { taken: true }, usages: after }
    : { answer: longest, usages: new Map<string, Usage>() };
}

/** As `Budget.turn` (`now` in seconds since the epoch). */
export function turn(
  usages: Usages,
  limits: readonly Limit[],
  { now, soon }: { readonly now: number; readonly soon: number },
): Decision<number> {
  const known = limits.map((limit) => ({ limit, usage: usages.get(limit.name) ?? unused }));
  const left = Math.max(0, ...known.map(({ limit, usage }) => waitFor(usage, limit, now)));
  if (left <= soon) return { answer: 0, usages: new Map() };
  const wait = Math.max(...known.map(({ limit, usage }) => turnIn(usage, limit, now)));
  const after = known.map(({ limit, usage }) => [limit.name, withTold(usage, limit, now, wait)] as const);
  return { answer: wait, usages: new Map(after) };
}
