import type { Gaps, LoggedChange } from '../core/delivery';
import { AzureError } from '../core/errors';
import type { World } from '../core/ports';
import { keyOf } from '../core/resource';
import type { Verdict } from '../core/verdict';
import { explain } from './explain';
import { scopeOf } from './receive';
import { enqueue } from './ripple';
import { isWatchOpen, recordWatch, watches } from './watches';

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Entries of the activity log come 3 to 20 minutes late (Azure Monitor: log data ingestion time). */
const lag = 20 * minute;
/** derived: some come later than that, and are found by the next windows. */
const overlap = hour;
/** After an outage the log is read in parts, one each time. */
const longestWindow = 6 * hour;
/** The activity log is kept for 90 days. */
const longestMemory = 89 * day;
/** An event that came so much before the time of its entry is still its event: clocks differ. */
const tolerance = 10 * second;

/**
 * Compares the activity log with the events that came in. What changed and was not announced is judged and counted,
 * once: from then on the change counts as heard.
 */
export async function closeGaps(world: World, subscriptionId: string): Promise<void> {
  const before = await world.receipts.gaps(subscriptionId);
  const now = world.now();
  if (before === undefined) return begin(world, subscriptionId, now);
  const window = windowOf(before, Date.parse(now));
  if (window.to <= before.watermark) return;
  const logged = await loggedIn(world, subscriptionId, window);
  if (logged === undefined) return;
  const missed = await missedOf(world, subscriptionId, logged);
  await enqueue(
    world,
    { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: now },
    missed.map(({ scope }) => scope),
  );
  await count(world, subscriptionId, missed);
  await advance(world, subscriptionId, window.to);
  const text = `${missed.length} changes that no event announced are judged`;
  if (missed.length > 0) world.journal({ step: 'queued', subject: `/subscriptions/${subscriptionId}`, text });
}

function begin(world: World, subscriptionId: string, now: string): Promise<void> {
  const first: Gaps = { since: now, watermark: now, missed: 0, perHour: {}, last: [] };
  return world.receipts.updateGaps(subscriptionId, (previous) =>
    Promise.resolve(previous === undefined ? { gaps: first, heard: [] } : undefined),
  );
}

interface Window {
  readonly from: string;
  readonly to: string;
}

function windowOf({ since, watermark }: Gaps, now: number): Window {
  const end = Date.parse(watermark);
  const from = Math.max(end - overlap, Date.parse(since), now - longestMemory);
  const to = Math.min(Math.max(end, from) + longestWindow, now - lag);
  return { from: iso(from), to: iso(to) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

interface Logged extends LoggedChange {
  /** What the change wakes. */
  readonly scope: string;
}

/** Changes that may matter; undefined when the log cannot be read, which is told. */
async function loggedIn(world: World, subscriptionId: string, window: Window): Promise<readonly Logged[] | undefined> {
  const subject = `/subscriptions/${subscriptionId}`;
  try {
    const logged = await read(world, subscriptionId, window);
    if (await isWatchOpen(world, watches.eventDelivery, subject)) {
      const verdict: Verdict = { state: 'compliant', reason: 'the activity log could be read' };
      await recordWatch(world, watches.eventDelivery, subject, verdict);
    }
    return logged;
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const grant = 'the app needs Microsoft.Insights/eventtypes/values/read on the subscription';
    const reason = `the activity log could not be read, so that nobody knows what events missed: ${explain(error)}; ${grant}`;
    world.journal({ step: 'failed', subject, text: reason });
    await recordWatch(world, watches.eventDelivery, subject, { state: 'unknown', reason });
    return undefined;
  }
}

/** Of each operation the last entry. */
async function read(world: World, subscriptionId: string, { from, to }: Window): Promise<readonly Logged[]> {
  const found = new Map<string, Logged>();
  for await (const change of world.activityLog.changes(subscriptionId, from, to)) {
    const scope = scopeOf(change.resourceId, world);
    if (typeof scope !== 'string') continue;
    const key = `${keyOf(change.resourceId)}|${change.operationId}`;
    const known = found.get(key);
    if (known === undefined || known.at < change.at) found.set(key, { ...change, scope });
  }
  return [...found.values()];
}

/** How many are looked up at the same time. */
const side = 32;

/** Nobody told of the resource, or of what it wakes, since it changed: whoever looked at it after that saw the change. */
async function missedOf(world: World, subscriptionId: string, logged: readonly Logged[]): Promise<readonly Logged[]> {
  const lastHeard = new Map<string, string>();
  const keys = [...new Set(logged.flatMap(({ resourceId, scope }) => [keyOf(resourceId), keyOf(scope)]))];
  for (let start = 0; start < keys.length; start += side)
    await Promise.all(
      keys.slice(start, start + side).map(async (key) => {
        lastHeard.set(key, (await world.receipts.lastHeard(subscriptionId, key)) ?? '');
      }),
    );
  return logged.filter(({ resourceId, scope, at }) => {
    const least = iso(Date.parse(at) - tolerance);
    return [resourceId, scope].every((id) => (lastHeard.get(keyOf(id)) ?? '') < least);
  });
}

/** As many resources as are stored together. */
const mostTogether = 90;

async function count(world: World, subscriptionId: string, missed: readonly Logged[]): Promise<void> {
  const ids = [...new Set(missed.map(({ resourceId }) => keyOf(resourceId)))];
  for (let start = 0; start < ids.length; start += mostTogether) {
    const some = new Set(ids.slice(start, start + mostTogether));
    const candidates = missed.filter(({ resourceId }) => some.has(keyOf(resourceId)));
    await world.receipts.updateGaps(subscriptionId, async (gaps) => {
      // Another instance may have counted them in the meantime.
      const still = gaps === undefined ? [] : await missedOf(world, subscriptionId, candidates);
      if (gaps === undefined || still.length === 0) return undefined;
      const at = world.now();
      const heard = new Map(still.map(({ resourceId }) => [keyOf(resourceId), { resourceId, at }]));
      return { gaps: counting(gaps, still, at), heard: [...heard.values()] };
    });
  }
}

const mostShown = 20;

function counting(gaps: Gaps, missed: readonly Logged[], now: string): Gaps {
  const perHour = { ...gaps.perHour };
  for (const { at } of missed) perHour[hourOf(at)] = (perHour[hourOf(at)] ?? 0) + 1;
  const last = [...gaps.last, ...missed.map(({ resourceId, at }) => ({ resourceId, at }))];
  return {
    ...gaps,
    missed: gaps.missed + missed.length,
    perHour: Object.fromEntries(Object.entries(perHour).filter(([name]) => name >= dayBefore(now))),
    last: last.toSorted((one, other) => (one.at < other.at ? -1 : 1)).slice(-mostShown),
  };
}

function hourOf(time: string): string {
  return time.slice(0, 'yyyy-mm-ddThh'.length);
}

function dayBefore(now: string): string {
  return hourOf(iso(Date.parse(now) - day));
}

function advance(world: World, subscriptionId: string, watermark: string): Promise<void> {
  return world.receipts.updateGaps(subscriptionId, (gaps) =>
    Promise.resolve(
      gaps === undefined || gaps.watermark >= watermark ? undefined : { gaps: { ...gaps, watermark }, heard: [] },
    ),
  );
}

export interface EventsMissed {
  readonly total: number;
  readonly lastDay: number;
}

/** `events missed: N`, over all subscriptions. */
export function eventsMissed(all: readonly (Gaps | undefined)[], now: string): EventsMissed {
  const known = all.filter((gaps) => gaps !== undefined);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const ofLastDay = known.flatMap(({ perHour }) =>
    Object.entries(perHour).flatMap(([name, number]) => (name >= dayBefore(now) ? number : [])),
  );
  return { total: sum(known.map(({ missed }) => missed)), lastDay: sum(ofLastDay) };
}

/** Receipts that no window is going to ask for any more. */
export async function forgetReceipts(world: World, subscriptionId: string): Promise<void> {
  const gaps = await world.receipts.gaps(subscriptionId);
  if (gaps === undefined) return;
  const before = Math.min(Date.parse(world.now()) - 2 * day, Date.parse(gaps.watermark) - 2 * overlap);
  await world.receipts.forget(subscriptionId, iso(before));
}
