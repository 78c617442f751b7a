import { randomUUID } from 'node:crypto';
import type { Settings } from './cloud';
import { bodyOf, deploymentOf, eventOf } from './events';
import type { Events, EventSchema, SubscriptionEvent } from './events';
import type { ActiveFaults } from './faults';
import { key } from './ids';
import { fieldsOf, textOf } from './wire';

export interface DeadLetter {
  readonly event: unknown;
  readonly reason: string;
  readonly attempts: number;
}

export interface EventFilter {
  readonly operationNameBeginsWith?: readonly string[];
}

export interface EventGrid extends Events {
  subscribe(webhookUrl: string, schema: EventSchema, filter?: EventFilter): Promise<void>;
  /** Events that wait for delivery or for another try. */
  waiting(): number;
  readonly deadLetters: readonly DeadLetter[];
  close(): void;
}

interface Subscription {
  readonly name: string;
  readonly url: string;
  readonly schema: EventSchema;
  readonly beginnings: readonly string[] | undefined;
}

/** Event Grid: delivers at least once, in no promised order, and tries again for a day. */
export function createEventGrid(settings: Settings, faults: ActiveFaults): EventGrid {
  const subscriptions: Subscription[] = [];
  const deadLetters: DeadLetter[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();
  let waiting = 0;
  let serial = 0;

  const later = (ms: number, action: () => Promise<void>): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void action();
    }, ms);
    timers.add(timer);
  };
  const attempt = async (event: SubscriptionEvent, to: Subscription, count: number, age: number): Promise<void> => {
    const outcome = await post(event, to, count, closing.signal);
    const pause = retryPauses[Math.min(count - 1, retryPauses.length - 1)] ?? 0;
    if (outcome.kind === 'retry' && count < maxDeliveryAttempts && age + pause <= timeToLive) {
      later(pause * settings.eventRetryScale, () => attempt(event, to, count + 1, age + pause));
      return;
    }
    waiting -= 1;
    if (outcome.kind === 'delivered') return;
    deadLetters.push({ event: bodyOf(event, to.schema), reason: outcome.reason, attempts: count });
  };
  const send = (event: SubscriptionEvent): void => {
    for (const to of subscriptions.filter((subscription) => wants(subscription, event))) {
      const { copies, delayMs } = faults.eventFate();
      for (let copy = 0; copy < copies; copy += 1) {
        waiting += 1;
        later(settings.eventDelayMs + delayMs, () => attempt(event, to, 1, 0));
      }
    }
  };

  return {
    deadLetters,
    raise(occurrence) {
      const deployed = occurrence.request.deployment === true && !occurrence.existed;
      for (const happened of [occurrence, deployed ? deploymentOf(occurrence) : undefined]) {
        const event = happened === undefined ? undefined : eventOf(happened, settings, (serial += 1));
        if (event !== undefined) send(event);
      }
    },
    async subscribe(url, schema, filter = {}) {
      const topic = `/subscriptions/${settings.subscriptionIds[0] ?? ''}`;
      await (schema === 'EventGridSchema' ? validate(url, topic) : askAllowedOrigin(url));
      const beginnings = filter.operationNameBeginsWith?.map(key);
      subscriptions.push({ name: `SUBSCRIPTION-${String(subscriptions.length)}`, url, schema, beginnings });
    },
    waiting: () => waiting,
    close() {
      closing.abort();
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
      timers.clear();
    },
  };
}

const second = 1_000;
/** Microsoft's schedule. */
const retrySeconds = [10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200];
const retryPauses = retrySeconds.map((seconds) => seconds * second);
const maxDeliveryAttempts = 30;
const timeToLive = 24 * 3_600 * second;
const answerTimeout = 30 * second;
/** Answers of a webhook that Event Grid does not try again. */
const finalStatuses = new Set([400, 401, 403, 404, 413]);

function wants({ beginnings }: Subscription, event: SubscriptionEvent): boolean {
  const name = key(textOf(event.data['operationName']));
  return beginnings === undefined || beginnings.some((beginning) => name.startsWith(beginning));
}

type Outcome = { readonly kind: 'delivered' } | { readonly kind: 'retry' | 'drop'; readonly reason: string };

async function post(event: SubscriptionEvent, to: Subscription, count: number, closing: AbortSignal): Promise<Outcome> {
  const cloudEvent = to.schema === 'CloudEventSchemaV1_0';
  const headers = {
    'content-type': cloudEvent ? 'application/cloudevents+json; charset=utf-8' : 'application/json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': to.name,
    'aeg-delivery-count': String(count - 1),
    ...(cloudEvent ? {} : { 'aeg-data-version': '2', 'aeg-metadata-version': '1' }),
  };
  const signal = AbortSignal.any([closing, AbortSignal.timeout(answerTimeout)]);
  try {
    const body = JSON.stringify(bodyOf(event, to.schema));
    const response = await fetch(to.url, { method: 'POST', headers, body, signal });
    await response.arrayBuffer();
    if (response.status >= 200 && response.status <= 204) return { kind: 'delivered' };
    const kind = finalStatuses.has(response.status) ? 'drop' : 'retry';
    return { kind, reason: `the webhook answered ${String(response.status)}` };
  } catch (error) {
    // Whatever fetch throws (refused, reset, timed out) is to Event Grid one and the same: no answer.
    return { kind: closing.aborted ? 'drop' : 'retry', reason: `the webhook did not answer: ${String(error)}` };
  }
}

async function validate(url: string, topic: string): Promise<void> {
  const validationCode = randomUUID();
  const event = {
    id: randomUUID(),
    topic,
    subject: '',
    data: { validationCode, validationUrl: `https://rp-eastus2.eventgrid.azure.net/validate?id=${validationCode}` },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date().toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  const headers = { 'content-type': 'application/json; charset=utf-8', 'aeg-event-type': 'SubscriptionValidation' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify([event]) });
  const text = await response.text();
  if (response.ok && echoes(text, validationCode)) return;
  throw new Error(
    `webhook ${url} did not pass Event Grid's validation: {"validationResponse":"${validationCode}"} with status 200 ` +
      `was wanted, status ${String(response.status)} with ${text === '' ? 'no body' : text} came`,
  );
}

function echoes(text: string, code: string): boolean {
  try {
    return fieldsOf(JSON.parse(text))['validationResponse'] === code;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

async function askAllowedOrigin(url: string): Promise<void> {
  const origin = 'eventgrid.azure.net';
  const response = await fetch(url, { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': origin } });
  await response.arrayBuffer();
  const allowed = response.headers.get('WebHook-Allowed-Origin');
  if (response.ok && (allowed === '*' || allowed === origin)) return;
  throw new Error(
    `webhook ${url} did not pass the CloudEvents handshake: WebHook-Allowed-Origin "${origin}" or "*" was wanted, ` +
      `status ${String(response.status)} with "${allowed ?? ''}" came`,
  );
}
