import type { World } from '../core/ports';
import { publishBacklog, sendHeartbeats } from './publish';

/** Has everything judged that no event told of, and sends what ingestion did not take. */
export async function reconcile(world: World): Promise<void> {
  for (const subscriptionId of world.settings.subscriptionIds) {
    await world.queue.send({
      scope: { kind: 'subscription', subscriptionId },
      cause: 'timer',
      receivedAt: world.now(),
    });
    const sent = await publishBacklog(world, subscriptionId);
    if (sent > 0)
      world.journal({
        step: 'published',
        subject: `/subscriptions/${subscriptionId}`,
        text: `${sent} rows that had waited`,
      });
    await sendHeartbeats(world, subscriptionId);
  }
  const poisoned = await world.queue.poisoned();
  if (poisoned > 0)
    world.journal({
      step: 'failed',
      text: `${poisoned} messages in the poison queue wait for somebody to look at them`,
    });
}
