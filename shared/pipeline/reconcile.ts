import type { World } from '../core/ports';
import { watchPoison } from './poison';
import { publishBacklog, sendHeartbeats } from './publish';
import { tallyFor } from './tally';
import { tellPosture } from './tell-posture';
import { watchBreakers } from './breakers';
import { watchFilters } from './watch-filters';
import { watchExemptions } from './watch-exemptions';
import { tendRuns } from './run-tend';

/** Has everything judged that no event told of, and sends what ingestion did not take. */
export async function reconcile(world: World): Promise<void> {
  const { subscriptionIds } = world.settings;
  for (const subscriptionId of subscriptionIds) {
    await world.queue.send({
      scope: { kind: 'subscription', subscriptionId },
      cause: 'timer',
      receivedAt: world.now(),
    });
  }
  // What goes wrong in one subscription is told at the end and stops no other.
  const ends = await Promise.allSettled([
    ...subscriptionIds.map((subscriptionId) => publishWaiting(world, subscriptionId)),
    watchExemptions(world),
    watchFilters(world),
    watchBreakers(world),
    watchPoison(world),
    tendRuns(world),
  ]);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function publishWaiting(world: World, subscriptionId: string): Promise<void> {
  const sent = await publishBacklog(world, subscriptionId);
  const text = `${sent} rows that had waited`;
  if (sent > 0) world.journal({ step: 'published', subject: `/subscriptions/${subscriptionId}`, text });
  // The findings are listed once, for both.
  const tally = tallyFor(world.controls);
  await sendHeartbeats(world, subscriptionId, tally.add);
  await tellPosture(world, subscriptionId, tally);
}
