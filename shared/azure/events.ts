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
  };
}

const callerClaims = ['appid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'];

/** Events of data version 1 carry the claims as a JSON string. */
function callerOf(claims: unknown): readonly string[] {
  const fields = typeof claims === 'string' ? fromJson(claims) : claims;
  if (!isFields(fields)) return [];
  return callerClaims.map((claim) => text(fields[claim])).filter((value) => value !== '');
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
