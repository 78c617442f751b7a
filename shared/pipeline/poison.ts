import type { PoisonedMessage, PutBack, World } from '../core/ports';

export interface PoisonedMessages {
  /** All that wait, whether they are shown or not. */
  readonly count: number;
  readonly messages: readonly PoisonedMessage[];
}

const mostShown = 32;

/** What was set aside, with the reasons: the oldest 32 and how many there are. */
export async function poisonedMessages(world: World): Promise<PoisonedMessages> {
  const [messages, count] = await Promise.all([world.queue.listPoisoned(mostShown), world.queue.poisoned()]);
  return { count: Math.max(count, messages.length), messages };
}

/** Has everything judged anew that was set aside and can be understood. */
export async function putBackPoisoned(world: World): Promise<PutBack> {
  const result = await world.queue.putBack(world.now());
  const { putBack, refused } = result;
  const text = `${putBack} messages put back from the poison queue, ${refused.length} cannot be understood and stay`;
  if (putBack + refused.length > 0) world.journal({ step: 'queued', text });
  return result;
}

/** Keeps what was set aside until somebody has looked at it, and says that it waits. */
export async function watchPoison(world: World): Promise<void> {
  await world.queue.keepPoisoned();
  const poisoned = await world.queue.poisoned();
  const text = `${poisoned} messages in the poison queue wait for somebody to look at them`;
  if (poisoned > 0) world.journal({ step: 'failed', text });
}
