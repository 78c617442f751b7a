import type { Control, Plan } from '../core/control';
import { AzureError } from '../core/errors';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { keyOf, subscriptionOf, type Resource } from '../core/resource';
import type { RunItem, RunPart } from '../core/run';
import { reasonOf, type Verdict } from '../core/verdict';
import { explain } from './explain';
import { read, unreadable } from './judge';
import { gone } from './record';
import { mayWrite } from './consent';
import { findingIdOf } from './report';
import { runControl, type Ran } from './run-control';
import { withoutConsent } from './run-item';
import { advance, end, mayGoOn, waits, type Progress, type Slice } from './run-slice';
import { isUnsettled } from './settled';
import { changedSince, hashOf } from './shown-action';

/** Applies what a plan has shown for one lock of a subscription, one item after the other. */
export async function applyPart(world: World, slice: Slice, started: RunPart): Promise<void> {
  const planId = slice.run.planId ?? '';
  const planned = await world.runs.part(planId, started.subscriptionId);
  const source: Source = { planId, count: planned?.items ?? 0, subscriptionId: started.subscriptionId };
  const apply = appliedIn(world, slice, source);
  let part = started;
  for await (const { item, cursor } of itemsOf(world, source, started)) {
    if (!(await mayGoOn(world, slice, part))) return;
    const { retryAfter, ...result } = await apply(item);
    if (retryAfter !== undefined && (await waits(world, slice, part, retryAfter))) return;
    await world.runs.keep(slice.run.id, [{ ...item, ...result }]);
    const next = await advance(world, slice, part, [{ cursor, done: 1, items: 1, ...counted[result.state] }]);
    if (next === undefined) return;
    part = next;
  }
  await end(world, slice, part, 'done');
}

/**
 * What an item shows is asked first, and what all others show only when that is not enough: reading all of a plan for each
 * part of it would cost more with every network.
 */
function appliedIn(world: World, slice: Slice, source: Source): (item: RunItem) => Promise<Result> {
  let all: ReadonlySet<string> | undefined;
  return async (item) => {
    const own = new Set(item.actions.map(({ hash }) => hash));
    const result = await applyItem(world, slice, item, all ?? own);
    if (result.state !== 'changedSince' || all !== undefined) return result;
    all = await hashesOf(world, source);
    return applyItem(world, slice, item, all);
  };
}

const counted: Readonly<Record<RunItem['state'], Partial<Progress>>> = {
  planned: {},
  right: {},
  gone: {},
  changed: { changed: 1 },
  failed: { failed: 1 },
  unknown: { failed: 1 },
  blocked: { blocked: 1 },
  changedSince: { blocked: 1 },
};

interface Source {
  readonly planId: string;
  readonly subscriptionId: string;
  /** Items with this number and above are leftovers of a crash. */
  readonly count: number;
}

async function* shownItems(
  world: World,
  { planId, subscriptionId, count }: Source,
  after = -1,
): AsyncGenerator<RunItem> {
  for await (const item of world.runs.items(planId, { subscriptionId, number: after, only: true }))
    if (item.number < count) yield item;
}

/** What two items need, as the account of a region, is written by the first of them: shown is shown. */
async function hashesOf(world: World, source: Source): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>();
  for await (const { actions } of shownItems(world, source)) for (const { hash } of actions) hashes.add(hash);
  return hashes;
}

interface Next {
  readonly item: RunItem;
  readonly cursor: string;
}

/** What is written comes before what is left to others, which is right by then. */
async function* itemsOf(world: World, source: Source, part: RunPart): AsyncGenerator<Next> {
  for (const round of rounds) yield* itemsOfRound(world, source, part, round);
}

const rounds = ['1 written', '2 left to others'] as const;

async function* itemsOfRound(
  world: World,
  source: Source,
  { lock, cursor: reached }: RunPart,
  round: (typeof rounds)[number],
): AsyncGenerator<Next> {
  const [current = '', number = '-1'] = reached.split('|');
  if (current > round) return;
  for await (const item of shownItems(world, source, current === round ? Number(number) : -1)) {
    const isOfRound = rounds[item.actions.length > 0 ? 0 : 1] === round;
    const cursor = `${round}|${String(item.number).padStart(8, '0')}`;
    if (item.state === 'planned' && item.lock === lock && isOfRound && cursor > reached) yield { item, cursor };
  }
}

type Result = Pick<RunItem, 'state' | 'text' | 'since'> & { readonly retryAfter?: number | undefined };

async function applyItem(world: World, { run }: Slice, item: RunItem, hashes: ReadonlySet<string>): Promise<Result> {
  const control = world.controls.find(({ id }) => id === item.controlId);
  if (control === undefined || !mayWrite(world, control))
    return { state: 'blocked', text: withoutConsent({ id: item.controlId }) };
  const message: Message = {
    scope: { kind: 'resource', id: item.resourceId },
    // Whom it concerns is in the plan, or not meant.
    cause: 'ripple',
    controls: [control.id],
    receivedAt: world.now(),
    notBefore: run.createdAt,
    run: { id: run.id },
  };
  return world.inTurn(keyOf(item.resourceId), () => applyNow(world, message, { item, control, hashes }));
}

interface Case {
  readonly item: RunItem;
  readonly control: Control;
  readonly hashes: ReadonlySet<string>;
}

async function applyNow(world: World, message: Message, one: Case): Promise<Result> {
  const { item, control, hashes } = one;
  const id = item.resourceId;
  const seen = world.now();
  const subject = await read(world, id, seen);
  if (subject instanceof AzureError) {
    const retryAfter = await unreadable(world, message, { id, seen, controls: [control], error: subject });
    return { state: 'failed', text: `it could not be read: ${explain(subject)}`, retryAfter };
  }
  if (subject === undefined) {
    await gone(world, id, [control], seen);
    return { state: 'gone', text: 'not written: it does not exist any more' };
  }
  if (isUnsettled(subject)) return { state: 'failed', text: 'not written: it is still being written', retryAfter: 0 };
  return written(world, message, { item, control, hashes, subject, seen });
}

async function written(
  world: World,
  message: Message,
  { item, hashes, ...one }: Case & { readonly subject: Resource; readonly seen: string },
): Promise<Result> {
  let refused: Plan | undefined;
  const isApproved = (plan: Plan): boolean => {
    const isShown = plan.actions.every((action) => hashes.has(hashOf(action)));
    if (!isShown) refused = plan;
    return isShown;
  };
  const { id } = one.subject;
  const before = await world.findings.get(subscriptionOf(id), findingIdOf(one.control.id, id));
  const ran = await runControl(world, message, { ...one, before, isApproved });
  if (refused === undefined) return resultOf(ran);
  const since = changedSince(item.actions, refused.actions);
  const fields = since.length === 0 ? 'a field whose value is not shown' : since.map(({ path }) => path).join(', ');
  return { state: 'changedSince', text: `not written: since it was planned there has changed ${fields}`, since };
}

function resultOf({ verdict, remediation, refusal, retryAfter }: Ran): Result {
  const { outcome, text } = remediation ?? {};
  if (outcome?.state === 'failed') return { state: 'failed', text: outcome.text, retryAfter };
  const reason = reasonOf(verdict);
  const still = verdict.state === 'violation' ? `; still: ${reason}` : '';
  if (outcome !== undefined && outcome.written.length > 0) return { state: 'changed', text: `${text ?? ''}${still}` };
  if (isRight(verdict)) return { state: 'right', text: `nothing to do: ${reason}` };
  return untouched(verdict, text ?? `not written: ${refusal ?? reason}`, retryAfter);
}

function untouched(verdict: Verdict, said: string, retryAfter: number | undefined): Result {
  if (retryAfter !== undefined) return { state: 'failed', text: said, retryAfter };
  return { state: verdict.state === 'unknown' ? 'failed' : 'blocked', text: said };
}

function isRight({ state }: Verdict): boolean {
  return state === 'compliant' || state === 'notApplicable';
}
