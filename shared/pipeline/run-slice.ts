import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { isOver, type Run, type RunPart } from '../core/run';

/** One message's share of the work on a part. */
export interface Slice {
  readonly run: Run;
  readonly key: string;
  readonly message: Message;
  /** When another message has to go on. */
  readonly until: string;
}

/** What one step of the work adds. */
export interface Progress {
  readonly cursor: string;
  readonly done?: number;
  readonly planned?: number;
  readonly changed?: number;
  readonly failed?: number;
  readonly blocked?: number;
  readonly items?: number;
  readonly lock?: string;
}

/** Whether the work goes on: not after a cancellation, and not when this message has worked long enough. */
export async function mayGoOn(world: World, slice: Slice, part: RunPart): Promise<boolean> {
  const run = await world.runs.get(slice.run.id);
  if (run?.state !== 'running') {
    await end(world, slice, part, 'cancelled');
    return false;
  }
  if (world.now() < slice.until) return true;
  await goOn(world, slice, 0);
  return false;
}

export async function goOn(world: World, { message, run, key }: Slice, seconds: number): Promise<void> {
  await world.queue.send({ ...message, receivedAt: world.now(), run: { id: run.id, part: key } }, seconds);
}

/** Notes progress. `undefined` when somebody else has gone on from the same place: then this message is one too many. */
export async function advance(
  world: World,
  { run, key }: Slice,
  from: RunPart,
  progresses: readonly Progress[],
): Promise<RunPart | undefined> {
  const now = world.now();
  return world.runs.updatePart(run.id, key, (part) => {
    if (part.cursor !== from.cursor || isOver(part)) return undefined;
    const fresh = { tries: undefined, triedSince: undefined, throttledUntil: undefined, updatedAt: now };
    return { ...progresses.reduce(withProgress, part), ...fresh };
  });
}

function withProgress(part: RunPart, { cursor, lock, ...more }: Progress): RunPart {
  const plus = (name: 'done' | 'planned' | 'changed' | 'failed' | 'blocked' | 'items'): number =>
    part[name] + (more[name] ?? 0);
  return {
    ...part,
    cursor,
    done: plus('done'),
    planned: plus('planned'),
    changed: plus('changed'),
    failed: plus('failed'),
    blocked: plus('blocked'),
    items: plus('items'),
    ...(lock !== undefined && { locks: { ...part.locks, [lock]: (part.locks?.[lock] ?? 0) + 1 } }),
  };
}

const mostTries = 8;
const longestWaitMs = 86_400_000;
const longestDelaySeconds = 900;

/**
 * Waits for what Azure refuses for now, and has a message go on then. `false` when it has been tried often enough: the
 * reason then stands. A refusal that says how long to wait is no failed try, for a day.
 */
export async function waits(world: World, slice: Slice, from: RunPart, retryAfter: number): Promise<boolean> {
  const now = world.now();
  const tries = (from.tries ?? 0) + (retryAfter > 0 ? 0 : 1);
  const triedSince = from.triedSince ?? now;
  if (tries > mostTries || Date.parse(now) - Date.parse(triedSince) > longestWaitMs) return false;
  const seconds = retryAfter > 0 ? retryAfter : Math.min(longestDelaySeconds, 2 ** tries);
  const throttledUntil = new Date(Date.parse(now) + seconds * 1_000).toISOString();
  await goOn(world, slice, seconds);
  await world.runs.updatePart(slice.run.id, slice.key, (part) =>
    part.cursor !== from.cursor || isOver(part)
      ? undefined
      : { ...part, tries, triedSince, throttledUntil, updatedAt: now },
  );
  return true;
}

export async function end(world: World, { run, key }: Slice, from: RunPart, state: RunPart['state']): Promise<void> {
  const now = world.now();
  await world.runs.updatePart(run.id, key, (part) =>
    part.cursor !== from.cursor || isOver(part)
      ? undefined
      : { ...part, state, throttledUntil: undefined, updatedAt: now },
  );
}

/** A run is over when no part of it is open. */
export async function closeRun(world: World, id: string): Promise<void> {
  for await (const _ of world.runs.parts(id, 'open')) return;
  const finishedAt = world.now();
  const closed = await world.runs.update(id, (run) => {
    if (run.state === 'running') return { ...run, state: 'done', finishedAt };
    return run.state === 'cancelling' ? { ...run, state: 'cancelled', finishedAt } : undefined;
  });
  if (closed !== undefined) world.journal({ step: 'swept', text: `${closed.kind} ${id} is ${closed.state}` });
}
