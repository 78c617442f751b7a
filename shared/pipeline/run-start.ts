import { InputError, RefusedError } from '../core/errors';
import { shortHash } from '../core/hash';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { keyOf } from '../core/resource';
import type { Run, RunPart } from '../core/run';
import { closeRun } from './run-slice';

export interface PlanRequest {
  /** Kept ones, in lower case; absent: all that are kept, or those of the management group. */
  readonly subscriptionIds?: readonly string[];
  /** Its name, as in `/providers/Microsoft.Management/managementGroups/<name>`. */
  readonly managementGroupId?: string;
  readonly controls?: readonly string[];
  readonly by?: string;
}

/** Makes a run that only shows what would be written, one message per subscription. Throws InputError and AzureError. */
export async function startPlan(world: World, { subscriptionIds, ...request }: PlanRequest): Promise<Run> {
  const below = request.managementGroupId === undefined ? undefined : await keptBelow(world, request.managementGroupId);
  const scope = below ?? { subscriptionIds: subscriptionIds ?? world.settings.subscriptionIds };
  const createdAt = world.now();
  const parts = scope.subscriptionIds.map((id) => partOf({ key: id, subscriptionId: id, updatedAt: createdAt }));
  const run = await world.runs.create({ kind: 'plan', state: 'running', createdAt, ...request, ...scope }, parts);
  await enqueueParts(world, run, parts);
  return run;
}

interface Below {
  readonly subscriptionIds: readonly string[];
  readonly notKept: readonly string[];
}

/** Subscriptions anywhere below a management group (Microsoft.Management: get descendants). */
async function keptBelow(world: World, group: string): Promise<Below> {
  const scope = `/providers/Microsoft.Management/managementGroups/${group}`;
  const type = 'Microsoft.Management/managementGroups/descendants';
  const { result } = await world.reader.read({ kind: 'list', type, scope }, { notBefore: world.now() });
  const listed = result.state === 'read' && Array.isArray(result.value) ? result.value : [];
  const ids = listed.flatMap(({ id }: { readonly id: string }) => /^\/subscriptions\/([^/]+)$/i.exec(id)?.[1] ?? []);
  const distinct = [...new Set(ids.map(keyOf))].toSorted();
  const isKept = (id: string): boolean => world.settings.subscriptionIds.includes(id);
  const subscriptionIds = distinct.filter(isKept);
  if (subscriptionIds.length > 0) return { subscriptionIds, notKept: distinct.filter((id) => !isKept(id)) };
  throw new InputError(
    `managementGroupId: none of the ${distinct.length} subscriptions below "${group}" is one that this app keeps; SUBSCRIPTION_IDS names those`,
  );
}

const oldestPlanMs = 86_400_000;

/** Makes a run that writes what a plan has shown, one message per subscription and lock. Throws RefusedError. */
export async function startApply(world: World, planId: string, by?: string): Promise<Run> {
  const plan = await world.runs.get(planId);
  if (plan?.kind !== 'plan') throw new RefusedError('notFound', `there is no plan "${planId}"`);
  await refuseUnfit(world, plan);
  const createdAt = world.now();
  const parts: RunPart[] = [];
  for await (const part of world.runs.parts(planId, 'all')) parts.push(...partsToApply(part, createdAt));
  const { subscriptionIds, controls } = plan;
  const run = await world.runs.create(
    {
      kind: 'apply',
      state: 'running',
      createdAt,
      planId,
      subscriptionIds,
      ...(controls && { controls }),
      ...(by !== undefined && { by }),
    },
    parts,
  );
  const claimed = await world.runs.update(planId, (current) =>
    current.appliedBy === plan.appliedBy ? { ...current, appliedBy: run.id } : undefined,
  );
  if (claimed === undefined) {
    await world.runs.remove(run.id);
    throw new RefusedError('conflict', `plan ${planId} is just being applied by somebody else`);
  }
  await enqueueParts(world, run, parts);
  if (parts.length > 0) return run;
  await closeRun(world, run.id);
  return (await world.runs.get(run.id)) ?? run;
}

async function refuseUnfit(world: World, plan: Run): Promise<void> {
  const { id, state, appliedBy, finishedAt = plan.createdAt } = plan;
  if (state !== 'done')
    throw new RefusedError('conflict', `plan ${id} is ${state}, not done; only what was shown whole is applied`);
  const now = world.now();
  if (Date.parse(now) - Date.parse(finishedAt) > oldestPlanMs)
    throw new RefusedError('conflict', `plan ${id} is older than a day (of ${finishedAt}); plan again`);
  const before = appliedBy === undefined ? undefined : await world.runs.get(appliedBy);
  if (before !== undefined && before.finishedAt === undefined)
    throw new RefusedError('conflict', `plan ${id} is being applied by run ${before.id}`);
}

function partsToApply({ state, subscriptionId, locks = {} }: RunPart, updatedAt: string): readonly RunPart[] {
  if (state !== 'done') return [];
  return Object.entries(locks).map(([lock, total]) =>
    partOf({ key: `${subscriptionId}:${shortHash(lock)}`, subscriptionId, lock, total, updatedAt }),
  );
}

type NewPart = Pick<RunPart, 'key' | 'subscriptionId' | 'updatedAt' | 'lock' | 'total'>;

function partOf(part: NewPart): RunPart {
  const none = { done: 0, planned: 0, changed: 0, failed: 0, blocked: 0, items: 0 };
  return { ...part, ...none, state: 'waiting', cursor: '' };
}

/** Has whoever works on the run stop before the next item. Throws RefusedError. */
export async function cancelRun(world: World, id: string): Promise<Run> {
  const run = await world.runs.get(id);
  if (run === undefined) throw new RefusedError('notFound', `there is no run "${id}"`);
  const cancelled = await world.runs.update(id, (current) =>
    current.state === 'running' ? { ...current, state: 'cancelling' } : undefined,
  );
  const now = cancelled ?? (await world.runs.get(id)) ?? run;
  if (now.state !== 'cancelling') throw new RefusedError('conflict', `run ${id} is ${now.state} already`);
  const idle: RunPart[] = [];
  for await (const part of world.runs.parts(id, 'open')) if (isIdle(part)) idle.push(part);
  await enqueueParts(world, now, idle);
  await closeRun(world, id);
  return (await world.runs.get(id)) ?? now;
}

/** Nobody works on it now who would notice. */
function isIdle({ state, throttledUntil }: RunPart): boolean {
  return state === 'waiting' || throttledUntil !== undefined;
}

const side = 32;

export async function enqueueParts(world: World, run: Run, parts: readonly RunPart[]): Promise<void> {
  const receivedAt = world.now();
  const messages = parts.map(({ key, subscriptionId }): Message => ({
    scope: { kind: 'subscription', subscriptionId },
    cause: 'backfill',
    receivedAt,
    run: { id: run.id, part: key },
  }));
  for (let start = 0; start < messages.length; start += side)
    await Promise.all(messages.slice(start, start + side).map((message) => world.queue.send(message)));
}
