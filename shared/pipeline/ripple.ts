import { keyOfQuery } from '../core/inventory';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { keyOf, same, subscriptionOf, typeOf, type Resource } from '../core/resource';
import { scopesOf } from './known';

export interface Stone {
  readonly id: string;
  /** Absent when it is gone or was not read. */
  readonly resource?: Resource;
}

/**
 * Enqueues the subjects that a change concerns: those that the control names, as a flow log its network; where it names
 * none, those whose verdict was concluded from the resource or from a list that it belongs in.
 */
export async function ripple(world: World, message: Message, stone: Stone): Promise<void> {
  const type = typeOf(stone.id);
  const isOf = (types: readonly string[]): boolean => types.some((one) => same(one, type));
  const interested = world.controls.filter(({ subjects, reads }) => isOf(subjects) || isOf(reads));
  if (interested.length === 0 || message.cause === 'ripple') return;
  const named = interested.flatMap((control) => (stone.resource && control.concerns?.(stone.resource)) ?? []);
  const judged = stone.resource !== undefined && interested.some(({ subjects }) => isOf(subjects));
  const others = judged || named.length > 0 ? [] : await dependents(world, stone.id);
  const cause = judged ? 'ripple' : message.cause;
  const woken = [...named, ...others].filter((id) => !same(id, stone.id));
  await enqueue(world, { ...message, cause }, woken);
}

/** Each once; nothing that was read before now may serve to judge them. */
export async function enqueue(world: World, message: Message, ids: readonly string[]): Promise<void> {
  const receivedAt = world.now();
  const distinct = new Map(ids.map((id) => [keyOf(id), id]));
  const eventAt = message.eventAt === undefined ? {} : { eventAt: message.eventAt };
  for (const id of distinct.values()) {
    await world.queue.send({
      scope: { kind: 'resource', id },
      cause: message.cause,
      receivedAt,
      notBefore: receivedAt,
      ...eventAt,
    });
  }
}

async function dependents(world: World, id: string): Promise<readonly string[]> {
  const lists = scopesOf(id).map((scope) => keyOfQuery({ kind: 'list', type: typeOf(id), scope }));
  const keys = new Set([keyOf(id), ...lists, '*']);
  const found: string[] = [];
  for await (const { resourceId, lookedAt } of world.findings.of(subscriptionOf(id))) {
    if (lookedAt.some((key) => keys.has(key))) found.push(resourceId);
  }
  return found;
}
