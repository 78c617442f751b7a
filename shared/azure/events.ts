import type { ResourceWriteSuccessEventData } from '@azure/eventgrid';
import type { ChangeEvent } from '../core/change-event';
import { InputError } from '../core/errors';

const kinds: ReadonlyMap<string, ChangeEvent['kind']> = new Map([
  ['microsoft.resources.resourcewritesuccess', 'written'],
  ['microsoft.resources.resourcedeletesuccess', 'deleted'],
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Understands an event of a subscription in Event Grid's and in CloudEvents' schema. Throws InputError when it is
 * neither, without a word of what is in it: claims are personal data.
 */
export function changeOf(event: unknown): ChangeEvent {
  if (!isFields(event)) throw new InputError('an event has to be a JSON object');
  const type = text(event['eventType'] ?? event['type']);
  const subject = text(event['subject']);
  const time = Date.parse(text(event['eventTime'] ?? event['time']));
  if (type === '' || Number.isNaN(time))
    throw new InputError('an event needs a type and a time (Event Grid or CloudEvents schema)');
  const data = (isFields(event['data']) ? event['data'] : {}) as Partial<
    Record<keyof ResourceWriteSuccessEventData, unknown>
  >;
  return {
    id: text(data.resourceUri) === '' ? subject : text(data.resourceUri),
    kind: kinds.get(type.toLowerCase()) ?? 'other',
    eventAt: new Date(time).toISOString(),
    by: callerOf(data.claims),
    ...actorIn(data.claims),
  };
}

const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const callerClaims = ['appid', objectId];

function callerOf(claims: unknown): readonly string[] {
  const fields = fieldsOf(claims);
  return callerClaims.map((claim) => text(fields[claim])).filter((value) => value !== '');
}

/** Of all claims the object id alone, and only where it is one: the others may name a person. */
function actorIn(claims: unknown): { readonly actor?: string } {
  const actor = text(fieldsOf(claims)[objectId]);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(actor) ? { actor: actor.toLowerCase() } : {};
}

/** Events of data version 1 carry the claims as a JSON string. */
function fieldsOf(claims: unknown): Fields {
  const fields = typeof claims === 'string' ? fromJson(claims) : claims;
  return isFields(fields) ? fields : {};
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
