import { isRestError, RestError } from '@azure/core-rest-pipeline';
import { refusalOf } from '../../shared/azure/refusal';
import { chanceOf } from './chance';
import { span, type Fault, type Port, type RefusalKind, type Schedule } from './schedule';

/** What befalls one call of a port. */
export interface Strike {
  readonly crash?: 'before' | 'after';
  /** Thrown to the caller; `landed`: the call took effect all the same. */
  readonly error?: { readonly error: Error; readonly landed: boolean };
  /** Milliseconds until the call takes effect and then until it is answered. */
  readonly there: number;
  readonly back: number;
}

export interface Call {
  readonly port: Port;
  /** How often this port has been called, on all instances. */
  readonly nth: number;
  /** Milliseconds from the start. */
  readonly at: number;
}

/** What the app's own storage account throws, as its clients do; not an AzureError. */
function storageError(message: string): Error {
  return new RestError(message, { code: 'ServerBusy', statusCode: 503 });
}

export const isStorageError = isRestError;

export function strikeOn(schedule: Schedule, call: Call): Strike {
  const { there, back } = delays(schedule, call);
  if (call.at >= span) return { there, back };
  const hits = schedule.faults.filter((fault) => isHit(schedule, fault, call));
  const crash = hits.find((fault) => fault.kind === 'crash');
  if (crash !== undefined) return { crash: crash.landed ? 'after' : 'before', there, back };
  const cut = hits.find((fault) => fault.kind === 'cut');
  if (cut !== undefined) return { error: { error: errorAt(call.port, 'cut'), landed: cut.landed }, there, back };
  if (hits.some((fault) => fault.kind === 'outage'))
    return { error: { error: errorAt(call.port, 'outage'), landed: false }, there, back };
  const refusal = hits.find((fault) => fault.kind === 'refusals');
  if (refusal === undefined) return { there, back };
  const timedOut = refusal.answer === 'timeout';
  const landed = timedOut && call.port === 'azure.put' && chanceOf(schedule.seed, `landed|${call.nth}`) < 0.5;
  return {
    error: { error: errorAt(call.port, refusal.answer), landed },
    there,
    back: timedOut ? 30_000 : back,
  };
}

function isHit(schedule: Schedule, fault: Fault, { port, nth, at }: Call): boolean {
  switch (fault.kind) {
    case 'crash':
    case 'cut':
      return fault.port === port && fault.nth === nth;
    case 'refusals': {
      if (at < fault.at || at >= fault.at + fault.ms) return false;
      const isRead = port === 'azure.read';
      const isWrite = port === 'azure.put' || port === 'azure.poll';
      if (!((isRead && fault.of !== 'writes') || (isWrite && fault.of !== 'reads'))) return false;
      return chanceOf(schedule.seed, `share|${port}|${nth}`) < fault.share;
    }
    case 'outage':
      return at >= fault.at && at < fault.at + fault.ms && outageOf(fault.of, port);
    case 'slow':
    case 'clock':
    case 'operation':
      return false;
  }
}

function outageOf(part: 'tables' | 'storage' | 'ingestion', port: Port): boolean {
  if (part === 'ingestion') return port === 'ingest';
  const isTable = port.startsWith('findings.') || port.startsWith('outbox.') || port.startsWith('locks.');
  const isIndex = port === 'ledger.index' || port === 'ledger.read';
  return isTable || isIndex || (part === 'storage' && (port.startsWith('queue.') || port === 'ledger.append'));
}

/** Whether the queue answers at all: the host takes no messages otherwise. */
export function isQueueDown({ faults }: Schedule, at: number): boolean {
  return (
    at < span &&
    faults.some((one) => one.kind === 'outage' && one.of === 'storage' && at >= one.at && at < one.at + one.ms)
  );
}

/** Milliseconds by which an instance's clock is wrong. */
export function clockOf({ faults }: Schedule, instance: number, at: number): number {
  if (at >= span) return 0;
  return faults.reduce(
    (sum, one) =>
      one.kind === 'clock' && one.instance === instance && at >= one.at && at < one.at + one.ms ? sum + one.by : sum,
    0,
  );
}

/** Mostly milliseconds, now and then seconds. */
function delays(schedule: Schedule, { port, nth, at }: Call): { readonly there: number; readonly back: number } {
  const slow = schedule.faults.find((one) => one.kind === 'slow' && at >= one.at && at < one.at + one.ms);
  const factor = slow?.kind === 'slow' && at < span ? slow.factor : 1;
  const usual = port.startsWith('azure.') || port === 'ingest' ? 60 : 8;
  const draw = (part: string): number => {
    const first = chanceOf(schedule.seed, `${part}|${port}|${nth}`);
    return Math.ceil((first < 0.95 ? first * usual : usual * (1 + (first - 0.95) * 400)) * factor);
  };
  return { there: draw('there'), back: draw('back') };
}

function errorAt(port: Port, kind: RefusalKind | 'cut' | 'outage'): Error {
  if (port.startsWith('azure.') || port === 'ingest') return azureError(kind);
  return storageError(`${port}: ${kind}`);
}

function azureError(kind: RefusalKind | 'cut' | 'outage'): Error {
  switch (kind) {
    case '429':
      return refusalOf({ status: 429, code: 'TooManyRequests', message: 'slow down' });
    case '429 with Retry-After':
      return refusalOf({ status: 429, code: 'TooManyRequests', message: 'slow down', retryAfter: '17' });
    case '500':
      return refusalOf({ status: 500, code: 'InternalServerError', message: 'it failed' });
    case '403':
      return refusalOf({ status: 403, code: 'AuthorizationFailed', message: 'not yet allowed' });
    case 'timeout':
      return refusalOf({ status: 0, code: 'NoAnswer', message: 'no answer in time' });
    case 'cut':
      return refusalOf({ status: 0, code: 'ECONNRESET', message: 'the connection was cut' });
    case 'outage':
      return refusalOf({ status: 503, code: 'ServiceUnavailable', message: 'down' });
  }
}
