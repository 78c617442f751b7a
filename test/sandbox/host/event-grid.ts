import type { TypedData } from '../../functions-core';
import type { Answer, Call } from './http-functions';
import { described } from './invocations';
import type { Invocations, Outcome } from './invocations';

/**
 * Answers `/runtime/webhooks/EventGrid?functionName=…` as the Event Grid extension does: the handshakes of both schemas,
 * one invocation per event, 202 after all of them succeeded and 500 when one failed, so that Event Grid sends all again.
 * Unlike the extension it also takes CloudEvents that come without `aeg-event-type`, and answers 400 to bad JSON (the
 * extension: 500), so that a mistake of the sender is not sent again and again.
 */
export async function answerEventGrid(
  call: Call,
  functionNames: readonly string[],
  invocations: Invocations,
): Promise<Answer> {
  const wanted = call.url.searchParams.get('functionName') ?? '';
  const functionName = functionNames.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (functionName === undefined) return { status: 404, body: `cannot find function: '${wanted}'` };
  if (call.method === 'OPTIONS') return cloudEventsHandshake(call);
  if (call.method !== 'POST') return { status: 404 };

  const type = (call.headers['aeg-event-type'] ?? '').toLowerCase();
  const isCloudEvents = (call.headers['content-type'] ?? '').toLowerCase().startsWith('application/cloudevents');
  if (type === 'unsubscribe') return { status: 202 };
  if (type !== 'subscriptionvalidation' && type !== 'notification' && !isCloudEvents)
    return { status: 400, body: 'aeg-event-type: SubscriptionValidation or Notification is needed' };

  const events = eventsOf(call.body);
  if (!events) return { status: 400, body: 'the body is neither a JSON object nor an array of objects' };
  if (type === 'subscriptionvalidation') return validation(events[0]);
  const outcomes = await Promise.all(
    events.map((event) => invocations.start(functionName, { json: JSON.stringify(event) }, metadataOf(event)).outcome),
  );
  const failed = outcomes.find((outcome): outcome is Outcome & { ok: false } => !outcome.ok);
  return failed ? { status: 500, body: described(failed.error).message } : { status: 202 };
}

type Event = Readonly<Record<string, unknown>>;

function eventsOf(body: Buffer): readonly Event[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return events.every((event) => typeof event === 'object' && event !== null) ? (events as Event[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function validation(event: Event | undefined): Answer {
  // In a validation event of the CloudEvents schema, data is JSON within JSON.
  const data = typeof event?.['data'] === 'string' ? (JSON.parse(event['data']) as Event) : event?.['data'];
  const validationResponse = (data as Event | undefined)?.['validationCode'];
  if (typeof validationResponse !== 'string') return { status: 400, body: 'the event has no data.validationCode' };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ validationResponse }),
  };
}

/** CloudEvents, «HTTP 1.1 Web Hooks for Event Delivery», 4 Abuse protection. */
function cloudEventsHandshake(call: Call): Answer {
  const origin = call.headers['webhook-request-origin'];
  if (origin === undefined) return { status: 400, body: 'WebHook-Request-Origin is needed' };
  return {
    status: 200,
    headers: { allow: 'POST', 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' },
  };
}

function metadataOf(event: Event): Record<string, TypedData> {
  const names = ['data', 'id', 'subject', 'eventType'].filter((name) => event[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, { json: JSON.stringify(event[name]) }]));
}
