import type { ChangeEvent } from '../core/change-event';
import type { Control } from '../core/control';
import { InputError } from '../core/errors';
import type { Message } from '../core/message';
import type { Settings } from '../core/settings';
import { parseId, same } from '../core/resource';

export type Reception = { readonly message: Message } | { readonly ignored: string };

export interface Receiver {
  readonly settings: Settings;
  readonly controls: readonly Control[];
  /** Ids by which our own writes are recognised: events about them tell us nothing. */
  readonly ownIds: readonly string[];
}

/** Whom an event wakes. A child of a judged resource, as a subnet, wakes its parent. */
export function receive(event: ChangeEvent, receivedAt: string, receiver: Receiver): Reception {
  if (event.kind === 'other') return { ignored: 'nothing was written or deleted' };
  if (event.by.some((id) => receiver.ownIds.some((own) => same(own, id)))) return { ignored: 'our own write' };
  const id = scopeOf(event.id, receiver);
  if (typeof id !== 'string') return id;
  const { eventAt, actor } = event;
  const by = actor === undefined ? {} : { by: actor };
  return { message: { scope: { kind: 'resource', id }, cause: 'event', ...by, eventAt, receivedAt } };
}

function scopeOf(id: string, { settings, controls }: Receiver): string | { readonly ignored: string } {
  try {
    const parsed = parseId(id);
    if (!settings.subscriptionIds.includes(parsed.subscriptionId.toLowerCase()))
      return { ignored: 'another subscription' };
    const isOf = (types: readonly string[], type: string): boolean => types.some((one) => same(one, type));
    if (controls.some(({ subjects, reads }) => isOf([...subjects, ...reads], parsed.type))) return id;
    const parent = parsed.parent === undefined ? undefined : parseId(parsed.parent);
    if (parent !== undefined && controls.some(({ subjects }) => isOf(subjects, parent.type)))
      return parsed.parent ?? id;
    return { ignored: `no control judges ${parsed.type}` };
  } catch (error) {
    if (error instanceof InputError) return { ignored: error.message };
    throw error;
  }
}
