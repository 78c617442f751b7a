import type { Action, Control, Plan } from '../core/control';
import { AzureError } from '../core/errors';
import type { RemedyState, WhatIf } from '../core/finding';
import { keyOfQuery, type Inventory } from '../core/inventory';
import { judgementOf, type Judgement } from '../core/judgement';
import type { Limit } from '../core/limits';
import type { Why } from '../core/ledger';
import type { Freshness, Lock, World } from '../core/ports';
import { keyOf, nameOf, subscriptionOf, typeOf, type Resource } from '../core/resource';
import { differencesOf } from '../core/what-if';
import { apply, type Outcome } from './apply';
import { noteOutcome } from './breakers';
import { explain } from './explain';
import { nothingKnown, scopesOf, withReads, withResource, withoutResource, type Known } from './known';
import { conclude, latest } from './observe';
import { recoverUnder } from './recover';
import { remembering, wroteIn } from './remember';

export interface Case {
  readonly control: Control;
  readonly subject: Resource;
  readonly known: Known;
  readonly freshness: Freshness;
  /** Many are put right one after the other: a list of a moment ago serves them all. */
  readonly isOneOfMany?: true;
  /** On whose behalf something would be written. */
  readonly why: Why;
  /** Stores what came of it before anybody else may write. */
  readonly keep?: (remediation: Remediation) => Promise<void>;
}

export interface Remediation {
  readonly text: string;
  readonly outcome?: Outcome;
  /** The judgement after the write; absent when nothing was written. */
  readonly judgement?: Judgement;
  readonly lookedAt: readonly string[];
  readonly retryAfter?: number | undefined;
  /** Other subjects whose own judgement does what is needed here. */
  readonly wakes?: readonly string[];
  /** What was to be changed. */
  readonly changes?: readonly WhatIf[];
}

/** Whether a plan, as it is made just before it is carried out, is what somebody has agreed to. */
export type Approval = (plan: Plan) => boolean;

/** Plans; carries the plan out, alone under its lock; and judges again on what was read back. */
export async function remediate(world: World, one: Case, isApproved: Approval = () => true): Promise<Remediation> {
  const planned = await planOf(world, one);
  if (planned.plan.actions.length === 0) return { ...refusal(planned), retryAfter: planned.retryAfter };
  try {
    return await world.inTurn(planned.plan.lock, () => underLock(world, one, planned.plan, isApproved));
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { text: `not written yet: ${explain(error)}`, lookedAt: [], retryAfter: error.retryAfter ?? 0 };
  }
}

function underLock(world: World, one: Case, first: Plan, isApproved: Approval): Promise<Remediation> {
  return world.locks.under<Remediation>(first.lock, async (lock) => {
    const recovered = await recoverUnder(world, lock, subscriptionOf(one.subject.id));
    const readAt = world.now();
    // What was read before the recovery may not show what somebody wrote who could not tell of it.
    const held = recovered ? { ...lock, lastWrite: readAt } : lock;
    const anew = keysOf(one, first);
    const control = await remembering(world, one.control, one.subject.id);
    const planned = await planAgain(world, { ...one, control }, held, anew);
    if (!isApproved(planned.plan)) {
      const result = { text: notAsShown, lookedAt: [] };
      return { result, ...(recovered && { wroteAt: readAt }) };
    }
    const outcome = await apply(world, planned.plan.actions, {
      lock,
      why: one.why,
      identity: world.settings.clientId,
      limits: [hourOf(world, one)],
      read: { keys: anew, at: readAt },
    });
    await noteEnd(world, one, outcome);
    const after = { ...one, known: outcome.written.reduce(withResource, planned.known) };
    const result = await judgeAgain(world, after, planned, outcome);
    await one.keep?.(result);
    const wrote = recovered || outcome.state === 'failed';
    const wroteAt = outcome.confirmedAt ?? (wrote ? world.now() : undefined);
    return { result, ...(wroteAt !== undefined && { wroteAt }) };
  });
}

const notAsShown = 'not written: what would be written now was not shown in the plan';

export interface Proposal {
  readonly remedy: string;
  readonly changes: readonly WhatIf[];
}

/** What would be done and what stands in the way, where nothing may be written. */
export async function proposal(world: World, one: Case, refusal: string): Promise<Proposal> {
  if (one.control.remedy === undefined) return { remedy: refusal, changes: [] };
  const { plan } = await planOf(world, one);
  const { actions, blocked, wakes = [] } = plan;
  const would = [...actions.map(({ summary }) => summary), ...wakes.map((id) => `leave it to ${nameOf(id)}`)];
  const parts = [`not written: ${refusal}`, ...(would.length > 0 ? [`would ${would.join(', ')}`] : []), ...blocked];
  return { remedy: parts.join('; '), changes: whatIfs(actions) };
}

function whatIfs(actions: readonly Action[]): readonly WhatIf[] {
  return actions.map((action) => ({
    resourceId: action.id,
    summary: action.summary,
    differences: differencesOf(action),
  }));
}

export interface Planned {
  readonly plan: Plan;
  readonly known: Known;
  readonly retryAfter: number | undefined;
}

/** What would be written now; nothing where nothing is wrong. */
export async function planOf(world: World, { control, subject, known, freshness }: Case): Promise<Planned> {
  const none: Plan = { actions: [], blocked: [], lock: '' };
  const draw = (inventory: Inventory): Plan => {
    const { state } = judgementOf(control, subject, inventory, world.settings).verdict;
    return (state === 'violation' && control.remedy?.plan(subject, inventory, world.settings)) || none;
  };
  const { value: plan, ...rest } = await conclude(world, known, draw, freshness);
  return { plan, ...rest };
}

/**
 * What is going to be replaced is read once more just before, and the list that it is in: an owner may have changed it,
 * somebody else may have made it, another instance may have written under the lock.
 */
async function planAgain(world: World, one: Case, lock: Lock, anew: ReadonlySet<string>): Promise<Planned> {
  const readAt = world.now();
  const known = withReads(nothingKnown(readAt), [
    { query: { kind: 'get', id: one.subject.id }, readAt, result: { state: 'read', value: one.subject } },
  ]);
  const again = { ...one, known, freshness: { ...one.freshness, under: lock, anew } };
  const planned = await planOf(world, again);
  return one.isOneOfMany === true ? lookedAt(world, again, planned) : planned;
}

/** Each resource that is going to be written is looked at itself, until the plan asks for no other. */
async function lookedAt(world: World, one: Case, planned: Planned): Promise<Planned> {
  const seen = new Set<string>();
  let current = planned;
  for (;;) {
    const unseen = current.plan.actions.filter(({ id }) => !seen.has(keyOf(id)));
    if (unseen.length === 0) return current;
    let { known } = current;
    for (const { id } of unseen) {
      const { result } = await world.reader.read({ kind: 'get', id }, { notBefore: world.now() });
      const found = result.state === 'read' ? (result.value as Resource | undefined) : undefined;
      known = found === undefined ? withoutResource(known, id) : withResource(known, found);
      seen.add(keyOf(id));
    }
    current = await planOf(world, { ...one, known });
  }
}

/** How much one control may write in an hour, whoever asked for it. */
function hourOf({ settings }: World, { control, subject }: Case): Limit {
  const name = `writes in an hour by ${control.id}|${subscriptionOf(subject.id)}`;
  return { name, most: settings.writesAnHour, seconds: 3_600 };
}

async function noteEnd(world: World, { control, subject }: Case, outcome: Outcome): Promise<void> {
  const end = endOf(outcome);
  const key = { subscriptionId: subscriptionOf(subject.id), controlId: control.id };
  if (end !== undefined) await noteOutcome(world, key, end === 'failed');
}

/** How a remedy ended. What Azure refuses for now, or is only waited for, says nothing about it. */
export function endOf({ state, retryAfter, code, written }: Outcome): RemedyState | undefined {
  if (state === 'applied') return written.length > 0 ? 'done' : undefined;
  return retryAfter === undefined || code === 'ReadBackDiffers' ? 'failed' : undefined;
}

function keysOf({ isOneOfMany }: Case, { actions }: Plan): ReadonlySet<string> {
  const kept = actions.flatMap(({ keeps = [] }) => keeps.map(({ id }) => keyOf(id)));
  return new Set([...actions.flatMap(({ id }) => [keyOf(id), ...(isOneOfMany === true ? [] : listsOf(id))]), ...kept]);
}

function listsOf(id: string): readonly string[] {
  return scopesOf(id).map((scope) => keyOfQuery({ kind: 'list', type: typeOf(id), scope }));
}

async function judgeAgain(
  world: World,
  one: Case,
  { plan, retryAfter }: Planned,
  outcome: Outcome,
): Promise<Remediation> {
  const control = await remembering(world, one.control, one.subject.id, wroteIn(outcome));
  const draw = (inventory: Inventory): Judgement => judgementOf(control, one.subject, inventory, world.settings);
  const judged = await conclude(world, one.known, draw, one.freshness);
  return {
    text: [textOf(outcome), ...plan.blocked].filter((part) => part !== '').join('; '),
    outcome,
    judgement: judged.value,
    lookedAt: judged.lookedAt,
    retryAfter: latest([outcome.retryAfter, retryAfter, judged.retryAfter]),
    wakes: plan.wakes ?? [],
    changes: whatIfs(plan.actions),
  };
}

function textOf({ state, text }: Outcome): string {
  return state === 'applied' && text !== '' ? `done: ${text}` : text;
}

function refusal({ plan: { blocked, wakes = [] } }: Planned): Remediation {
  const left = wakes.length === 0 ? [] : [`left to ${wakes.map(nameOf).join(', ')}, which is judged next`];
  const said = [...blocked, ...left];
  return {
    text: said.length === 0 ? 'not written: this is for a person to put right' : said.join('; '),
    lookedAt: [],
    wakes,
  };
}
