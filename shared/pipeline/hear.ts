import type { ChangeEvent } from '../core/change-event';
import type { World } from '../core/ports';
import { hearCanary, isCanary } from './canary';
import { receive, scopeOf } from './receive';

/** Takes an event: enqueues whom it wakes and notes that it came, also of our own writes. A canary only comes back. */
export async function hear(world: World, event: ChangeEvent, ownIds: readonly string[]): Promise<void> {
  const receivedAt = world.now();
  if (isCanary(event, world, ownIds)) {
    await hearCanary(world, event);
    return world.journal({ step: 'ignored', subject: event.id, text: 'our canary came back' });
  }
  const reception = receive(event, receivedAt, { ...world, ownIds });
  if ('message' in reception) await world.queue.send(reception.message);
  if (event.kind !== 'other' && typeof scopeOf(event.id, world) === 'string')
    await world.receipts.heard(event.id, receivedAt);
  if ('message' in reception) world.journal({ step: 'queued', subject: event.id, text: event.kind });
  else world.journal({ step: 'ignored', text: reception.ignored });
}
