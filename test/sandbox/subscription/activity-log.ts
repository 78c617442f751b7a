import { randomUUID } from 'node:crypto';
import { badRequest } from './answers';
import type { Cloud, Settings } from './cloud';
import { callers } from './events';
import type { Occurrence } from './events';
import { same, subscriptionOf } from './ids';
import type { Answer, Fields, Request } from './wire';
import { textOf } from './wire';

/** What happened in the subscriptions, as Azure Monitor keeps it, whether Event Grid delivers it or not. */
export interface ActivityLog {
  note(occurrence: Occurrence): void;
  /** What is shown by now, the latest first. */
  entries(subscriptionId: string): readonly Fields[];
}

export function createActivityLog(settings: Settings): ActivityLog {
  const kept: { readonly entry: Fields; readonly shownAt: number }[] = [];
  return {
    note(occurrence) {
      const shownAt = settings.clock() + settings.activityLogLagMs;
      for (const entry of entriesOf(occurrence, settings)) kept.push({ entry, shownAt });
    },
    entries: (subscriptionId) =>
      kept
        .filter(
          ({ entry, shownAt }) => shownAt <= settings.clock() && same(textOf(entry['subscriptionId']), subscriptionId),
        )
        .map(({ entry }) => entry)
        .toReversed(),
  };
}

/** Each operation has an entry for its beginning and one for its end (Azure Monitor: activity log event schema). */
function entriesOf({ id, type, verb, succeeded, request }: Occurrence, settings: Settings): readonly Fields[] {
  const subscriptionId = subscriptionOf(id);
  if (subscriptionId === undefined) return [];
  const { tenantId, identityClientId } = settings;
  const who = request.caller === 'steward' ? callers.steward(identityClientId, tenantId) : callers.deployer(tenantId);
  const operationId = randomUUID();
  const eventTimestamp = new Date(settings.clock()).toISOString().replace('Z', '0000Z');
  return ['Started', succeeded ? 'Succeeded' : 'Failed'].map((status) => {
    const eventDataId = randomUUID();
    return {
      id: `${id}/events/${eventDataId}/ticks/${String(settings.clock())}`,
      eventDataId,
      operationId,
      correlationId: request.correlationId,
      resourceId: id,
      subscriptionId,
      tenantId,
      eventTimestamp,
      submissionTimestamp: new Date(settings.clock() + settings.activityLogLagMs).toISOString(),
      operationName: { value: `${type}/${verb}`, localizedValue: `${type}/${verb}` },
      status: { value: status, localizedValue: status },
      eventName: { value: status === 'Started' ? 'BeginRequest' : 'EndRequest' },
      category: { value: 'Administrative', localizedValue: 'Administrative' },
      level: 'Informational',
      caller: who.objectId,
      claims: who.claims,
    };
  });
}

const window = /^eventTimestamp ge '([^']+)' and eventTimestamp le '([^']+)'$/;

/** GET of the log of a subscription; the filter has to name a time, and no other filter is known here. */
export function answerActivityLog(cloud: Cloud, request: Request, scope: string): Answer {
  const { query, path } = request;
  const filter = query.get('$filter') ?? '';
  const [from = Number.NaN, to = Number.NaN] = (window.exec(filter) ?? []).slice(1).map((time) => Date.parse(time));
  if (Number.isNaN(from) || Number.isNaN(to)) return badRequest('BadRequest', `The filter '${filter}' is not known.`);
  const found = cloud.activityLog.entries(subscriptionOf(scope) ?? '').filter(({ eventTimestamp }) => {
    const at = Date.parse(textOf(eventTimestamp));
    return at >= from && at <= to;
  });
  const names = query.get('$select')?.split(',');
  const shown = (entry: Fields): Fields =>
    names === undefined ? entry : Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));
  const start = Number(query.get('$skipToken') ?? 0);
  const value = found.slice(start, start + cloud.settings.pageSize).map(shown);
  const end = start + value.length;
  if (end >= found.length) return { status: 200, body: { value } };
  const next = new URLSearchParams(query);
  next.set('$skipToken', String(end));
  return { status: 200, body: { value, nextLink: `${cloud.origin}${path}?${next.toString()}` } };
}
