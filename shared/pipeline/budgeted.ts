import type { Action } from '../core/control';
import { AzureError } from '../core/errors';
import { limitsFor, subscriptionOfLimit, type Limit } from '../core/limits';
import type { Message } from '../core/message';
import type { World } from '../core/ports';

/** Seconds that a write waits where it is; for longer its scope goes back to the queue. */
const patience = 20;
/** Whoever comes back is a little early, and waits for the rest where it is. */
const early = 5;

export const writeBudgetSpent = 'WriteBudgetSpent';

/**
 * Takes what a write needs from the budgets of its subscription, together with what it may have to put back. Throws
 * AzureError `WriteBudgetSpent` with the seconds after which it is this scope's turn: that is no failure, nobody was asked.
 */
export async function budgeted(
  world: World,
  action: Pick<Action, 'id' | 'keeps' | 'half'>,
  more: readonly Limit[] = [],
): Promise<void> {
  const mine = action.half === 'second' ? [] : more;
  const ofAzure = [action.id, ...(action.keeps ?? []).map(({ id }) => id)].flatMap(limitsFor);
  const limits = [...ofAzure, ...mine];
  for (const ofOne of Map.groupBy(limits, subscriptionOfLimit).values()) await takeAll(world, ofOne);
  // What the other half takes is taken before either is written.
  if (action.half === 'first' && more.length > 0) await takeAll(world, more);
}

async function takeAll(world: World, limits: readonly Limit[]): Promise<void> {
  for (let waited = 0; ;) {
    const answer = await world.budget.take(limits);
    if (answer.taken) return;
    if (waited + answer.wait > patience) throw await spent(world, limits, answer.limit);
    waited += answer.wait;
    await world.pause(answer.wait * 1_000);
  }
}

async function spent(world: World, limits: readonly Limit[], limit: string): Promise<AzureError> {
  const seconds = Math.max(1, Math.ceil((await world.budget.turn(limits, 0)) - early));
  const message = `what may be written in this subscription is spent (${limit.split('|')[0] ?? ''}), so it was not asked; the next turn is in ${seconds} seconds`;
  return new AzureError({ status: 0, code: writeBudgetSpent, message, retryable: true, retryAfter: seconds });
}

/**
 * Seconds after which a scope that is going to write should come back, before anything is read for it; undefined: now. Asked
 * for those alone that a sweep sent or that waited before: an event is judged at once, and what it finds is told.
 */
export async function turnOf(world: World, message: Message, id: string): Promise<number | undefined> {
  const isSent = message.cause === 'backfill' || message.cause === 'timer';
  if (world.settings.remediate.length === 0 || (!isSent && message.waits !== true)) return undefined;
  const seconds = await world.budget.turn(limitsFor(id), patience);
  return seconds === 0 ? undefined : Math.max(1, Math.ceil(seconds - early));
}

interface Turn {
  readonly subject: string;
  readonly seconds: number;
}

/** Nobody was asked and nobody refused, so it does not count as a try. */
export async function comeBackInTurn(world: World, message: Message, { subject, seconds }: Turn): Promise<void> {
  const now = world.now();
  await world.queue.send({ ...message, waits: true, receivedAt: now, notBefore: now }, seconds);
  world.journal({ step: 'queued', subject, text: `waits ${seconds} seconds for room under Azure’s limits` });
}
