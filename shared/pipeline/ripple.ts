import { keyOfQuery } from '../core/inventory';
import type { Control } from '../core/control';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { keyOf, same, subscriptionOf, typeOf, type Resource } from '../core/resource';
import { scopesOf } from './known';

export interface Stone {
  readonly id: string;
  /** Absent when it is gone or was not read. */
  readonly resource?: Resource;
}

/** Controls that look a type up to judge others by it, and do not judge it. */
export function readersOf(type: string, controls: readonly Control[]): readonly Control[] {
  const has = (types: readonly string[]): boolean => types.some((one) => same(one, type));
  return controls.filter(({ subjects, reads }) => has(reads) && !has(subjects));
}

/**
 * Enqueues the subjects that a change concerns: those that a control names, as a flow log its network; where it names
 * none, those whose verdict was concluded from the resource or from a list that it belongs in.
 */
export async function ripple(
  world: World,
  message: Message,
  stone: Stone,
  controls: readonly Control[],
): Promise<void> {
  if (message.cause === 'ripple') return;
  const type = typeOf(stone.id);
  for (const control of controls) {
    const isSubject = control.subjects.some((one) => same(one, type));
    const named = (stone.resource && control.concerns?.(stone.resource)) ?? [];
    const knowsWhom = named.length > 0 || (isSubject && stone.resource !== undefined);
    const woken = knowsWhom ? named : await dependents(world, stone.id, control);
    const others = woken.filter((id) => !same(id, stone.id));
    await enqueue(world, { ...message, cause: isSubject ? 'ripple' : message.cause, controls: [control.id] }, others);
  }
}

/** More than this are judged by a sweep, from lists. */
const mostMessages = 50;

/** Each once; nothing that was read before now may serve to judge them. */
export async function enqueue(world: World, message: Message, ids: readonly string[]): Promise<void> {
  const receivedAt = world.now();
  const { cause, controls, eventAt, by } = message;
  const common = {
    cause,
    receivedAt,
    notBefore: receivedAt,
    ...(controls && { controls }),
    ...(by !== undefined && { by }),
    ...(eventAt !== undefined && { eventAt }),
  };
  const distinct = new Map(ids.map((id) => [keyOf(id), id]));
  const scopes: Message['scope'][] =
    distinct.size > mostMessages
      ? [...new Set(ids.map(subscriptionOf))].map((subscriptionId) => ({ kind: 'subscription', subscriptionId }))
      : [...distinct.values()].map((id) => ({ kind: 'resource', id }));
  for (const scope of scopes) await world.queue.send({ ...common, scope });
}

async function dependents(world: World, id: string, control: Control): Promise<readonly string[]> {
  const lists = scopesOf(id).map((scope) => keyOfQuery({ kind: 'list', type: typeOf(id), scope }));
  const keys = new Set([keyOf(id), ...lists, '*']);
  const found: string[] = [];
  for (const subscriptionId of world.settings.subscriptionIds) {
    const findings = await Array.fromAsync(world.findings.of(subscriptionId));
    const concluded = findings.filter(
      ({ controlId, lookedAt }) => controlId === control.id && lookedAt.some((key) => keys.has(key)),
    );
    found.push(...concluded.map(({ resourceId }) => resourceId));
  }
  return found;
}
