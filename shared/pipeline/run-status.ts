import type { World } from '../core/ports';
import { isOver, type Run, type RunPart } from '../core/run';

type Numbers = Pick<RunPart, 'done' | 'planned' | 'changed' | 'failed' | 'blocked'>;

/** How far a run has come, as whoever asked for it sees it. */
export interface RunStatus extends Omit<Run, 'subscriptionIds' | 'planId'>, Numbers {
  readonly plan?: string;
  /** Absent until every part has been counted. */
  readonly total?: number;
  readonly throttledUntil?: string;
  /** From the pace so far; absent when that tells nothing. */
  readonly estimatedEnd?: string;
  readonly subscriptions: readonly SubscriptionStatus[];
}

export interface SubscriptionStatus extends Numbers {
  readonly subscriptionId: string;
  readonly state: RunPart['state'];
  readonly total?: number;
  readonly throttledUntil?: string;
  readonly text?: string;
}

export async function statusOf(world: World, run: Run): Promise<RunStatus> {
  const parts = await Array.fromAsync(world.runs.parts(run.id, 'all'));
  const { subscriptionIds, planId, ...rest } = run;
  const total = totalOf(parts);
  const throttledUntil = latestOf(parts);
  const estimatedEnd = run.finishedAt === undefined ? estimateOf(run, parts, world.now()) : undefined;
  return {
    ...rest,
    ...(planId !== undefined && { plan: planId }),
    ...(total !== undefined && { total }),
    ...numbersOf(parts),
    ...(throttledUntil !== undefined && { throttledUntil }),
    ...(estimatedEnd !== undefined && { estimatedEnd }),
    subscriptions: subscriptionIds.flatMap((id) => ofSubscription(id, parts)),
  };
}

function numbersOf(parts: readonly RunPart[]): Numbers {
  const sum = (name: keyof Numbers): number => parts.reduce((all, part) => all + part[name], 0);
  return {
    done: sum('done'),
    planned: sum('planned'),
    changed: sum('changed'),
    failed: sum('failed'),
    blocked: sum('blocked'),
  };
}

function totalOf(parts: readonly RunPart[]): number | undefined {
  if (parts.some(({ total }) => total === undefined)) return undefined;
  return parts.reduce((all, { total = 0 }) => all + total, 0);
}

function latestOf(parts: readonly RunPart[]): string | undefined {
  return parts
    .flatMap((part) => (isOver(part) ? [] : (part.throttledUntil ?? [])))
    .toSorted()
    .at(-1);
}

function estimateOf({ createdAt }: Run, parts: readonly RunPart[], now: string): string | undefined {
  const [{ done }, total, began] = [numbersOf(parts), totalOf(parts), Date.parse(createdAt)];
  if (total === undefined || done === 0) return undefined;
  const left = ((Date.parse(now) - began) / done) * Math.max(0, total - done);
  const end = new Date(Date.parse(now) + left).toISOString();
  const throttledUntil = latestOf(parts);
  return throttledUntil !== undefined && throttledUntil > end ? throttledUntil : end;
}

/** The parts of a subscription as one; a subscription of which nothing is written has none. */
function ofSubscription(subscriptionId: string, all: readonly RunPart[]): readonly SubscriptionStatus[] {
  const parts = all.filter((part) => part.subscriptionId === subscriptionId);
  if (parts.length === 0) return [];
  const [total, throttledUntil] = [totalOf(parts), latestOf(parts)];
  const texts = parts.flatMap(({ text }) => text ?? []);
  return [
    {
      subscriptionId,
      state: states.find((state) => parts.some((part) => part.state === state)) ?? 'done',
      ...(total !== undefined && { total }),
      ...numbersOf(parts),
      ...(throttledUntil !== undefined && { throttledUntil }),
      ...(texts.length > 0 && { text: texts.join('; ') }),
    },
  ];
}

/** Of several parts, what says most. */
const states = ['running', 'waiting', 'failed', 'cancelled', 'done'] as const;
