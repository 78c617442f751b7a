import type { Control } from '../core/control';
import { AzureError } from '../core/errors';
import type { Inventory } from '../core/inventory';
import { judgementOf, type Judgement } from '../core/judgement';
import type { Message } from '../core/message';
import type { Freshness, Read, World } from '../core/ports';
import { keyOf, nameOf, same, subscriptionOf, type Resource } from '../core/resource';
import type { Verdict } from '../core/verdict';
import { comeBack, patienceWithSweep } from './come-back';
import { exempted } from './exempted';
import { explain } from './explain';
import { nothingKnown, withoutObjects, withReads, type Known } from './known';
import { conclude, latest } from './observe';
import { gone, hopsOf, record } from './record';
import { recover } from './recover';
import { refusalToWrite, whyOf } from './consent';
import { proposal } from './remediate';
import { remembering } from './remember';
import { nextFindings } from './aspects';
import { findingIdOf, type Judged as ToRecord } from './report';
import { enqueue } from './ripple';
import { isUnsettled } from './settled';

/** Judges everything in a subscription from lists; what has to be put right is enqueued, one message a resource. */
export async function sweep(world: World, message: Message, subscriptionId: string): Promise<void> {
  await recover(world, subscriptionId);
  const scope = `/subscriptions/${subscriptionId}`;
  const retries = [];
  for (const control of world.controls) {
    if (message.controls !== undefined && !message.controls.includes(control.id)) continue;
    retries.push(await sweepControl(world, message, { control, scope, subscriptionId }));
  }
  const retryAfter = latest(retries);
  if (retryAfter !== undefined) await comeBack(world, message, retryAfter, patienceWithSweep);
}

export interface Sweep {
  readonly control: Control;
  readonly scope: string;
  readonly subscriptionId: string;
}

async function sweepControl(world: World, message: Message, one: Sweep): Promise<number | undefined> {
  const seen = world.now();
  const lists = await Promise.all(one.control.subjects.map((type) => listOf(world, one.scope, type, seen)));
  const known = withReads(
    nothingKnown(seen),
    lists.flatMap(({ read }) => read ?? []),
  );
  const subjects = lists.flatMap(({ resources }) => resources);
  const retries = [
    await noteLists(world, message, one, lists),
    ...(await judgeAll(world, message, { ...one, known, subjects, seen })),
  ];
  const listed = new Set(lists.filter(({ read }) => read !== undefined).map(({ type }) => keyOf(type)));
  const gonePart = await forget(world, one, { ids: new Set(subjects.map(({ id }) => keyOf(id))), listed, seen });
  if (lists.every(({ read }) => read !== undefined))
    await world.sweeps.ended(one.subscriptionId, one.control.id, world.now());
  const text = `${subjects.length} resources judged, ${gonePart} gone`;
  world.journal({ step: 'swept', control: one.control.id, subject: one.scope, text });
  return latest(retries);
}

export interface Listed {
  readonly type: string;
  readonly read?: Read;
  readonly resources: readonly Resource[];
  readonly error?: AzureError;
}

export async function listOf(world: World, scope: string, type: string, notBefore: string): Promise<Listed> {
  try {
    const read = await world.reader.read({ kind: 'list', type, scope }, { notBefore });
    const found = read.result.state === 'read' ? (read.result.value as readonly Resource[]) : [];
    return { type, read, resources: found.filter(({ id }) => isIn(scope, id)) };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { type, resources: [], error };
  }
}

/** What a subscription has from above, as assignments of its management groups, is listed with it and is not its own. */
function isIn(scope: string, id: string): boolean {
  return same(id, scope) || keyOf(id).startsWith(`${keyOf(scope)}/`);
}

const subscriptionType = 'Microsoft.Resources/subscriptions';

/** A type that cannot be listed is a finding on the subscription itself: what is in it is unknown. */
export async function noteLists(
  world: World,
  message: Message,
  one: Sweep,
  lists: readonly Listed[],
): Promise<number | undefined> {
  const errors = lists.flatMap(({ type, error }) => (error === undefined ? [] : [{ type, error }]));
  const retryAfter = latest(errors.map(({ error }) => (error.retryable ? (error.retryAfter ?? 0) : undefined)));
  // Where the subscription is judged itself, what was not listed is for that judgement to say.
  if (lists.some(({ type, resources }) => same(type, subscriptionType) && resources.length > 0)) return retryAfter;
  const findingId = findingIdOf(one.control.id, one.scope);
  const previous = await world.findings.get(one.subscriptionId, findingId);
  if (errors.length === 0 && (previous === undefined || previous.state === 'resolved')) return undefined;
  const reasons = errors.map(({ type, error }) => `${nameOf(type)} could not be listed: ${explain(error)}`);
  const verdict: Verdict =
    errors.length === 0
      ? { state: 'compliant', reason: 'everything could be listed' }
      : { state: 'unknown', reason: reasons.join('; ') };
  const now = world.now();
  await record(world, {
    control: one.control,
    resourceId: one.scope,
    verdict,
    hops: hopsOf(message, { seen: now, decided: now }),
    remedy: '',
    lookedAt: [],
    asOf: now,
  });
  return retryAfter;
}

interface Subjects extends Sweep {
  readonly known: Known;
  readonly subjects: readonly Resource[];
  readonly seen: string;
}

/** How many are judged at the same time: what one reads, the next ones know. What is in one cluster is much, and its own. */
function sideOf({ kinds }: Control): number {
  return kinds === undefined ? 16 : 1;
}

async function judgeAll(world: World, message: Message, one: Subjects): Promise<readonly (number | undefined)[]> {
  let { known } = one;
  const ends: PromiseSettledResult<Judged>[] = [];
  const side = sideOf(one.control);
  for (let start = 0; start < one.subjects.length; start += start === 0 ? 1 : side) {
    const some = one.subjects.slice(start, start + (start === 0 ? 1 : side));
    ends.push(
      ...(await Promise.allSettled(some.map((subject) => judgeListed(world, message, { ...one, known, subject })))),
    );
    known = judgedOf(ends).reduce((all, { known: more }) => (more.reads.size > all.reads.size ? more : all), known);
  }
  // A bug that one resource brings to light is told when all the others have been judged.
  const bug = ends.find((end) => end.status === 'rejected');
  if (bug !== undefined) throw bug.reason;
  return judgedOf(ends).map(({ retryAfter }) => retryAfter);
}

function judgedOf(ends: readonly PromiseSettledResult<Judged>[]): readonly Judged[] {
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}

interface Judged {
  readonly known: Known;
  readonly retryAfter: number | undefined;
}

async function judgeListed(
  world: World,
  message: Message,
  one: Subjects & { readonly subject: Resource },
): Promise<Judged> {
  const { subject, seen } = one;
  const control = await remembering(world, one.control, subject.id);
  if (isUnsettled(subject)) {
    await enqueue(world, { ...message, controls: [control.id] }, [subject.id]);
    return { known: one.known, retryAfter: undefined };
  }
  // A sweep is there for what no event told of: what was read before it was asked for does not serve.
  const freshness: Freshness = { notBefore: message.notBefore ?? message.receivedAt };
  const draw = (inventory: Inventory): Judgement => judgementOf(control, subject, inventory, world.settings);
  const { value, known, lookedAt, ...concluded } = await conclude(world, one.known, draw, freshness);
  const { judgement, hold, ...excused } = await exempted(world, control, { id: subject.id, resource: subject }, value);
  const { verdict } = judgement;
  const judged: ToRecord = {
    control,
    resourceId: subject.id,
    ...judgement,
    hops: { seen, decided: world.now() },
    remedy: '',
    lookedAt,
    asOf: known.since,
  };
  const isWrong = verdict.state === 'violation';
  const refusal = isWrong ? (hold ?? (await refusalOf(world, judged, { control, subject }))) : undefined;
  const why = whyOf(control, subject, message);
  const proposed =
    refusal === undefined ? {} : await proposal(world, { control, subject, known, freshness, why }, refusal);
  await record(world, { ...judged, ...proposed });
  if (isWrong && refusal === undefined) await sendToRemedy(world, message, { control, subject, seen });
  return { known: withoutObjects(known), retryAfter: latest([concluded.retryAfter, excused.retryAfter]) };
}

interface Wrong {
  readonly control: Control;
  readonly subject: Resource;
  readonly seen: string;
}

async function sendToRemedy(world: World, { cause }: Message, { control, subject, seen }: Wrong): Promise<void> {
  const receivedAt = world.now();
  const scope = { kind: 'resource', id: subject.id } as const;
  await world.queue.send({ scope, cause, controls: [control.id], receivedAt, notBefore: seen });
}

async function refusalOf(
  world: World,
  judged: ToRecord,
  { control, subject }: { readonly control: Control; readonly subject: Resource },
): Promise<string | undefined> {
  const before = await world.findings.get(subscriptionOf(subject.id), findingIdOf(control.id, subject.id));
  return refusalToWrite(world, { control, subject, before, finding: nextFindings(before, judged).finding });
}

interface Present {
  readonly ids: ReadonlySet<string>;
  readonly listed: ReadonlySet<string>;
  readonly seen: string;
}

/** Findings on resources that a complete list does not show any more. */
export async function forget(
  world: World,
  { control, subscriptionId }: Sweep,
  { ids, listed, seen }: Present,
): Promise<number> {
  let count = 0;
  for await (const finding of world.findings.of(subscriptionId)) {
    const missing =
      same(finding.controlId, control.id) &&
      listed.has(keyOf(finding.resourceType)) &&
      !ids.has(keyOf(finding.resourceId));
    if (!missing || finding.state === 'resolved') continue;
    if (finding.lastSeen >= seen) continue;
    await gone(world, finding.resourceId, [control], seen);
    count += 1;
  }
  return count;
}
