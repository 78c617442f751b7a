import type { World } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import { watchEvents } from './canary';
import { closeGaps, forgetReceipts } from './gaps';

/** What the timer does for a subscription beside the sweep: finds what events missed, and whether they come at all. */
export async function watchDelivery(world: World, subscriptionId: string): Promise<void> {
  await closeGaps(world, subscriptionId);
  await forgetReceipts(world, subscriptionId);
  if (subscriptionOf(world.settings.resourceGroupId) === subscriptionId) await watchEvents(world);
}
