import type { Control, Plan } from '../core/control';
import { AzureError } from '../core/errors';
import { keyOfQuery, type Inventory } from '../core/inventory';
import { judgementOf, type Judgement } from '../core/judgement';
import type { Freshness, Lock, World } from '../core/ports';
import { keyOf, nameOf, typeOf, type Resource } from '../core/resource';
import { apply, type Outcome } from './apply';
import { explain } from './explain';
import { nothingKnown, scopesOf, withReads, withResource, type Known } from './known';
import { conclude, latest } from './observe';
import { remembering, wroteIn } from './remember';

export interface Case {
  readonly control: Control;
  readonly subject: Resource;
  readonly known: Known;
  readonly freshness: Freshness;
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
}

/** Plans; carries the plan out, alone under its lock; and judges again on what was read back. */
export async function remediate(world: World, one: Case): Promise<Remediation> {
  const planned = await planOf(world, one);
  if (planned.plan.actions.length === 0) return { ...refusal(planned), retryAfter: planned.retryAfter };
  try {
    return await world.inTurn(planned.plan.lock, () => underLock(world, one, planned.plan));
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { text: `not written yet: ${explain(error)}`, lookedAt: [], retryAfter: error.retryAfter ?? 0 };
  }
}

function underLock(world: World, one: Case, first: Plan): Promise<Remediation> {
  return world.locks.under(first.lock, async (lock) => {
    const control = await remembering(world, one.control, one.subject.id);
    const planned = await planAgain(world, { ...one, control }, lock, first);
    const outcome = await apply(world, planned.plan.actions, lock);
    const after = { ...one, known: outcome.written.reduce(withResource, planned.known) };
    const result = await judgeAgain(world, after, planned, outcome);
    await one.keep?.(result);
    const wroteAt = outcome.confirmedAt ?? (outcome.state === 'failed' ? world.now() : undefined);
    return { result, ...(wroteAt !== undefined && { wroteAt }) };
  });
}

/** What would be done and what stands in the way, where the settings do not let a control write. */
export async function proposal(world: World, one: Case): Promise<string> {
  if (one.control.remedy === undefined) return 'this control has no remedy';
  const { plan } = await planOf(world, one);
  const { actions, blocked, wakes = [] } = plan;
  const would = [...actions.map(({ summary }) => summary), ...wakes.map((id) => `leave it to ${nameOf(id)}`)];
  const consent = `not written: setting REMEDIATE does not name ${one.control.id}`;
  return [consent, ...(would.length > 0 ? [`would ${would.join(', ')}`] : []), ...blocked].join('; ');
}

/** Whether a violation is to be put right by writing. */
export function mayWrite({ settings }: World, { id, remedy }: Control): boolean {
  return remedy !== undefined && settings.remediate.includes(id);
}

interface Planned {
  readonly plan: Plan;
  readonly known: Known;
  readonly retryAfter: number | undefined;
}

async function planOf(world: World, { control, subject, known, freshness }: Case): Promise<Planned> {
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
async function planAgain(world: World, one: Case, lock: Lock, { actions }: Plan): Promise<Planned> {
  const anew = new Set(actions.flatMap(({ id }) => [keyOf(id), ...listsOf(id)]));
  const readAt = world.now();
  const known = withReads(nothingKnown(readAt), [
    { query: { kind: 'get', id: one.subject.id }, readAt, result: { state: 'read', value: one.subject } },
  ]);
  return planOf(world, { ...one, known, freshness: { ...one.freshness, under: lock, anew } });
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
