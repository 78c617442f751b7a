import { InputError } from '../core/errors';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { isOver, type Run, type RunPart } from '../core/run';
import { applyPart } from './run-apply';
import { planPart } from './run-plan';
import { closeRun, type Slice } from './run-slice';

/** Milliseconds after which a message hands over to the next: an instance may be stopped after ten minutes. */
const sliceMs = 240_000;

/** Works on one part of a run until it is done, has to wait or has worked long enough; then a message goes on with it. */
export async function workOnRun(world: World, message: Message): Promise<void> {
  const { run: named, scope } = message;
  if (named === undefined || scope.kind !== 'subscription')
    throw new InputError('a part of a run is of a subscription; the message names another scope');
  const run = await world.runs.get(named.id);
  const key = named.part ?? scope.subscriptionId;
  const part = run && (await world.runs.part(run.id, key));
  if (run === undefined || part === undefined) {
    world.journal({ step: 'ignored', text: `run ${named.id} has no part ${key} any more` });
    return;
  }
  if (!isOver(part)) await work(world, message, { run, part });
  await closeRun(world, run.id);
}

async function work(world: World, message: Message, { run, part }: { run: Run; part: RunPart }): Promise<void> {
  const now = world.now();
  const slice: Slice = { run, key: part.key, message, until: new Date(Date.parse(now) + sliceMs).toISOString() };
  const isKept = world.settings.subscriptionIds.includes(part.subscriptionId);
  const started = await world.runs.updatePart(run.id, part.key, (current) => {
    if (isOver(current)) return undefined;
    const awake = { ...current, throttledUntil: undefined, updatedAt: now };
    if (run.state !== 'running') return { ...awake, state: 'cancelled' };
    if (!isKept) return { ...awake, state: 'failed', text: 'SUBSCRIPTION_IDS does not name it any more' };
    return { ...awake, state: 'running', startedAt: current.startedAt ?? now };
  });
  if (started?.state !== 'running') return;
  await (run.kind === 'plan' ? planPart(world, slice, started) : applyPart(world, slice, started));
}
