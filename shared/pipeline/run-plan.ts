import type { Control, Plan } from '../core/control';
import type { Inventory } from '../core/inventory';
import { judgementOf, type Judgement } from '../core/judgement';
import type { World } from '../core/ports';
import { keyOf, nameOf, type Resource } from '../core/resource';
import type { RunItem, RunPart } from '../core/run';
import { reasonOf } from '../core/verdict';
import { explain } from './explain';
import { nothingKnown, withReads, type Known } from './known';
import { conclude, latest } from './observe';
import { record } from './record';
import { mayWrite, whyOf } from './consent';
import { exempted } from './exempted';
import { planOf } from './remediate';
import { remedyText, viewOf } from './run-item';
import { advance, end, mayGoOn, waits, type Progress, type Slice } from './run-slice';
import { isUnsettled } from './settled';
import { forget, listOf, noteLists, type Listed } from './sweep';

/** Judges a subscription from lists, and keeps for each violation what would be written. Nothing is written. */
export async function planPart(world: World, slice: Slice, started: RunPart): Promise<void> {
  const { controls } = slice.run;
  const chosen = world.controls.filter(({ id }) => controls === undefined || controls.includes(id));
  const listings: Listing[] = [];
  for (const control of chosen) listings.push(await listingOf(world, slice, control, started.subscriptionId));
  const retryAfter = latest(listings.map((listing) => listing.retryAfter));
  if (retryAfter !== undefined && (await waits(world, slice, started, retryAfter))) return;
  let part = await counted(world, slice, started, listings);
  for (const listing of listings) {
    const next = part && (await planListing(world, slice, { part, listing, rest: restOf(listing, part, listings) }));
    if (next === undefined) return;
    part = next;
  }
  if (part !== undefined) await end(world, slice, part, 'done');
}

/** What a control judges in a subscription, in the order of the cursor. */
interface Listing {
  readonly control: Control;
  readonly subscriptionId: string;
  readonly scope: string;
  readonly seen: string;
  readonly lists: readonly Listed[];
  readonly known: Known;
  readonly work: readonly Work[];
  readonly retryAfter: number | undefined;
}

/** A subject, or what could not be listed. */
type Work =
  | { readonly key: string; readonly subject: Resource }
  | { readonly key: string; readonly scope: string; readonly reason: string };

async function listingOf(world: World, { message }: Slice, control: Control, subscriptionId: string): Promise<Listing> {
  const [seen, scope] = [world.now(), `/subscriptions/${subscriptionId}`];
  const lists = await Promise.all(control.subjects.map((type) => listOf(world, scope, type, seen)));
  const known = withReads(
    nothingKnown(seen),
    lists.flatMap(({ read }) => read ?? []),
  );
  const retryAfter = await noteLists(world, message, { control, scope, subscriptionId }, lists);
  const unlisted = lists.flatMap(({ type, error }): readonly Work[] => {
    if (error === undefined) return [];
    return [{ key: ` ${keyOf(type)}`, scope, reason: `${nameOf(type)} could not be listed: ${explain(error)}` }];
  });
  const subjects = lists.flatMap(({ resources }) => resources.map((subject) => ({ key: keyOf(subject.id), subject })));
  const work = [...unlisted, ...subjects].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { control, subscriptionId, scope, seen, lists, known, work, retryAfter };
}

/** What of a listing comes after the cursor, which names the control and the key of the last work that was done. */
function restOf({ control, work }: Listing, { cursor }: RunPart, all: readonly Listing[]): readonly Work[] {
  const [name, key] = [cursor.slice(0, cursor.indexOf('|')), cursor.slice(cursor.indexOf('|') + 1)];
  const reached = all.findIndex((listing) => listing.control.id === name);
  const own = all.findIndex((listing) => listing.control.id === control.id);
  if (own < reached) return [];
  return own === reached ? work.filter((one) => one.key > key) : work;
}

async function counted(
  world: World,
  slice: Slice,
  from: RunPart,
  listings: readonly Listing[],
): Promise<RunPart | undefined> {
  const left = listings.map((listing) => restOf(listing, from, listings).length);
  return world.runs.updatePart(slice.run.id, slice.key, (part) =>
    part.cursor === from.cursor ? { ...part, total: part.done + left.reduce((sum, one) => sum + one, 0) } : undefined,
  );
}

interface Course {
  readonly part: RunPart;
  readonly listing: Listing;
  readonly rest: readonly Work[];
}

/** How many are judged at the same time: what the first one reads, the next ones know. */
const side = 16;

async function planListing(world: World, slice: Slice, course: Course): Promise<RunPart | undefined> {
  let [{ part }, { known }] = [course, course.listing];
  for (let start = 0; start < course.rest.length; start += start === 0 ? 1 : side) {
    if (!(await mayGoOn(world, slice, part))) return undefined;
    const some = course.rest.slice(start, start + (start === 0 ? 1 : side));
    const results = await Promise.all(some.map((work) => plan(world, slice, { ...course.listing, known, one: work })));
    const retryAfter = latest(results.map((result) => result.retryAfter));
    if (retryAfter !== undefined && (await waits(world, slice, part, retryAfter))) return undefined;
    known = results.reduce((all, { known: more }) => (more.reads.size > all.reads.size ? more : all), known);
    const next = await kept(world, slice, part, results);
    if (next === undefined) return undefined;
    part = next;
  }
  const { control, lists, scope, seen, subscriptionId, work } = course.listing;
  const listed = new Set(lists.filter(({ read }) => read !== undefined).map(({ type }) => keyOf(type)));
  await forget(world, { control, scope, subscriptionId }, { ids: new Set(work.map(({ key }) => key)), listed, seen });
  return part;
}

interface Planned {
  readonly progress: Progress;
  readonly item?: Omit<RunItem, 'number'>;
  readonly known: Known;
  readonly retryAfter?: number | undefined;
}

async function kept(
  world: World,
  slice: Slice,
  part: RunPart,
  results: readonly Planned[],
): Promise<RunPart | undefined> {
  const items = results.flatMap(({ item }) => item ?? []);
  await world.runs.keep(
    slice.run.id,
    items.map((item, index) => ({ ...item, number: part.items + index })),
  );
  const progresses = results.map(({ progress, item }) => ({ ...progress, done: 1, items: item === undefined ? 0 : 1 }));
  return advance(world, slice, part, progresses);
}

interface One extends Listing {
  readonly one: Work;
}

async function plan(world: World, slice: Slice, { one, ...listing }: One): Promise<Planned> {
  const cursor = `${listing.control.id}|${one.key}`;
  const place = { subscriptionId: listing.subscriptionId, controlId: listing.control.id };
  const unknown = (resourceId: string, reason: string): Planned => ({
    progress: { cursor, failed: 1 },
    item: { ...place, resourceId, state: 'unknown', reason, text: '', actions: [] },
    known: listing.known,
  });
  if (!('subject' in one)) return unknown(one.scope, one.reason);
  const { subject } = one;
  if (isUnsettled(subject)) return unknown(subject.id, 'it is still being written; plan again when it is there');
  const judged = await judgeAndPlan(world, slice, listing, subject);
  const { verdict } = judged.judgement;
  await recordListed(world, slice, { ...listing, ...judged, subject });
  const { known, retryAfter } = judged;
  if (verdict.state === 'unknown') return { ...unknown(subject.id, verdict.reason), known, retryAfter };
  if (verdict.state !== 'violation') return { progress: { cursor }, known, retryAfter };
  const item = viewOf(world, listing.control, judged.plan);
  const isPlanned = item.state === 'planned';
  return {
    progress: { cursor, ...(isPlanned ? { planned: 1, lock: item.lock ?? '' } : { blocked: 1 }) },
    item: { ...place, resourceId: subject.id, reason: reasonOf(verdict), ...item },
    known,
    retryAfter,
  };
}

const noPlan: Plan = { actions: [], blocked: [], lock: '' };

interface JudgedAndPlanned {
  readonly judgement: Judgement;
  readonly plan: Plan;
  readonly known: Known;
  readonly lookedAt: readonly string[];
  readonly retryAfter: number | undefined;
}

async function judgeAndPlan(
  world: World,
  { message }: Slice,
  { control, known }: Listing,
  subject: Resource,
): Promise<JudgedAndPlanned> {
  const draw = (inventory: Inventory): Judgement => judgementOf(control, subject, inventory, world.settings);
  const { value, ...judged } = await conclude(world, known, draw);
  const { judgement } = await exempted(world, control, { id: subject.id, resource: subject }, value);
  const isPlanned = judgement.verdict.state === 'violation' && control.remedy !== undefined;
  const planned = isPlanned
    ? await planOf(world, {
        control,
        subject,
        known: judged.known,
        freshness: {},
        why: whyOf(control, subject, message),
      })
    : { plan: noPlan, known: judged.known, retryAfter: undefined };
  const retryAfter = latest([judged.retryAfter, planned.retryAfter]);
  return { judgement, plan: planned.plan, known: planned.known, lookedAt: judged.lookedAt, retryAfter };
}

interface JudgedListed extends Listing, JudgedAndPlanned {
  readonly subject: Resource;
}

/** What may be written by itself is pending: an event that waits for its turn is not answered by a plan. */
async function recordListed(world: World, slice: Slice, one: JudgedListed): Promise<void> {
  const { control, judgement, subject } = one;
  const isWrong = judgement.verdict.state === 'violation';
  await record(world, {
    control,
    resourceId: subject.id,
    ...judgement,
    hops: { seen: one.seen, decided: world.now() },
    remedy: isWrong ? remedyText(world, control, one.plan, slice.run.id) : '',
    lookedAt: one.lookedAt,
    asOf: one.known.since,
    ...(isWrong && mayWrite(world, control) && { pending: true }),
  });
}
