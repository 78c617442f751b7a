import type { Finding, Hops } from '../../core/finding';
import type { Blob, Inventory, Reading } from '../../core/inventory';
import { justWrote, type Past } from '../../core/past';
import { keyOf, nameOf } from '../../core/resource';
import type { Settings } from '../../core/settings';
import type { Aspect, Verdict } from '../../core/verdict';
import { isOn, type Log } from '../../flow-logging/coverage';
import type { StorageAccount } from '../../flow-logging/types';
import { newestBlob } from './newest-blob';
import { isRearming, titleOf, type Watched } from './watched';

export const controlId = 'live-flow-logs';

export interface Known {
  readonly inventory: Inventory;
  readonly settings: Settings;
  readonly past: Past | undefined;
}

export interface JudgedLog {
  readonly log: Log;
  readonly aspect: Aspect;
  /** What helps a silent log. `finish`: to switch it on again; `tried`: nothing that Steward can do. */
  readonly cure?: 'rearm' | 'finish' | 'tried';
}

/** What is to be said about one log. */
export function judgedLog(watched: Watched, known: Known): JudgedLog {
  const { log, users } = watched;
  const times = timesOf(log, known);
  const said = (verdict: Verdict, hops: Aspect['hops'] = {}): Aspect => ({
    key: keyOf(aspectOf(log)),
    title: `Flow log ${log.name} writes what it logs`,
    verdict,
    hops,
  });
  if (isRearming(log)) {
    const reason = `${titleOf(log)} was switched off by Steward to be switched on again, and is still off`;
    return { log, aspect: said(wrong(reason), times), cure: 'finish' };
  }
  const excused = isOn(log) ? unused(watched) : `${titleOf(log)} is switched off, which flow-logs judges`;
  if (excused !== undefined) return { log, aspect: said(notApplicable(excused)) };
  const place = placeOf(log, known.inventory);
  if ('verdict' in place) return { log, aspect: said(place.verdict, place.verdict.state === 'unknown' ? times : {}) };
  return judgedByBlobs({ log, users, times, endpoint: place.endpoint, said }, known);
}

function unused({ log, users }: Watched): string | undefined {
  return users > 0 ? undefined : `nothing whose traffic ${titleOf(log)} would record is attached`;
}

interface Times extends Pick<Hops, 'written' | 'confirmed' | 'renewed' | 'flowing'> {
  readonly awaited: string;
}

/** The log in another account, or switched off in between, is another thing to wait for. */
function aspectOf({ id, properties }: Log): string {
  return `${id}|${properties?.storageId ?? ''}`;
}

function previousOf(log: Log, { past }: Known): Finding | undefined {
  const aspects = past?.findings.get(controlId)?.aspects ?? [];
  return aspects.find(({ aspect }) => aspect === keyOf(aspectOf(log)));
}

function timesOf(log: Log, known: Known): Times {
  const before: Partial<Hops> = previousOf(log, known)?.hops ?? {};
  const { awaited = known.inventory.now, flowing } = before;
  const wrote = justWrote(known.past, log.id);
  const renewed = isOn(log) && wrote !== undefined ? wrote.written : before.renewed;
  return {
    awaited,
    ...(renewed !== undefined && { renewed }),
    ...(flowing !== undefined && { flowing }),
    ...lastWrite([wrote, before, known.past?.findings.get('flow-logs')?.hops]),
  };
}

/** Of Steward's writes about this logging the last one, by whichever control. */
function lastWrite(candidates: readonly (Pick<Hops, 'written' | 'confirmed'> | undefined)[]): Partial<Hops> {
  const [last] = candidates
    .flatMap((one) => (one?.written === undefined ? [] : [{ written: one.written, confirmed: one.confirmed }]))
    .toSorted((a, b) => b.written.localeCompare(a.written));
  if (last === undefined) return {};
  return { written: last.written, ...(last.confirmed !== undefined && { confirmed: last.confirmed }) };
}

type Place = { readonly endpoint: string } | { readonly verdict: Verdict };

function placeOf(log: Log, inventory: Inventory): Place {
  const id = log.properties?.storageId ?? '';
  if (id === '') return { verdict: notApplicable(`${titleOf(log)} names no storage account, which flow-logs judges`) };
  const account = inventory.get<StorageAccount>(id);
  if (account.state === 'unread') return { verdict: unknown(`storage account ${nameOf(id)}: ${account.reason}`) };
  if (account.value === undefined) {
    return { verdict: notApplicable(`storage account ${nameOf(id)} does not exist, which flow-logs judges`) };
  }
  const endpoint = account.value.properties?.primaryEndpoints?.blob ?? '';
  if (/^https:\/\/[^/]/i.test(endpoint)) return { endpoint };
  const found = endpoint === '' ? 'tells no address of its blobs' : `tells "${endpoint}", which is no https address`;
  return { verdict: unknown(`storage account ${nameOf(id)} ${found}`) };
}

interface Used extends Watched {
  readonly times: Times;
  readonly endpoint: string;
  readonly said: (verdict: Verdict, hops?: Aspect['hops']) => Aspect;
}

function judgedByBlobs(used: Used, known: Known): JudgedLog {
  const { log, endpoint, times, said } = used;
  const { now } = known.inventory;
  const limit = new Date(Date.parse(now) - known.settings.flowLogSilenceMinutes * 60_000).toISOString();
  const since = latest(limit, times.renewed);
  const waitsFrom = latest(times.awaited, times.renewed);
  const isDue = waitsFrom <= limit;
  const found = newestBlob({ log, endpoint, since, care: isDue ? 'thorough' : 'glance' }, known.inventory);
  if (found.state === 'unread') return { log, aspect: said(unread(log, found), times) };
  if (found.value !== undefined && found.value.lastModified >= since) return flowing(used, found.value, known);
  const cured = times.renewed !== undefined && (times.flowing ?? '') < times.renewed;
  if (!isDue) return { log, aspect: said(waiting(log, waitsFrom, cured), times) };
  return { log, aspect: said(silent(used, found.value, known), times), cure: cured ? 'tried' : 'rearm' };
}

function unread(log: Log, { reason }: Extract<Reading<unknown>, { readonly state: 'unread' }>): Verdict {
  return unknown(`blobs of ${titleOf(log)} in ${nameOf(log.properties?.storageId ?? '')}: ${reason}`);
}

/** The first sign stays, until the log was silent or was begun anew. */
function flowing({ log, times, said }: Used, { lastModified }: Blob, known: Known): JudgedLog {
  const wasSilent = previousOf(log, known)?.state === 'open';
  const isKept = times.flowing !== undefined && !wasSilent && times.flowing >= (times.renewed ?? '');
  const reason = `${titleOf(log)} wrote to ${nameOf(log.properties?.storageId ?? '')} at ${lastModified}`;
  return {
    log,
    aspect: said({ state: 'compliant', reason }, { ...times, flowing: isKept ? times.flowing : lastModified }),
  };
}

/** A new log gets its time; one that was wrong is not right before it was seen to be. */
function waiting(log: Log, from: string, cured: boolean): Verdict {
  if (cured) return unknown(`${titleOf(log)} was switched off and on again at ${from}; its first blob is waited for`);
  return notApplicable(`the first blob of ${titleOf(log)} is waited for since ${from}`);
}

function silent({ log, users, times }: Used, last: Blob | undefined, { settings }: Known): Verdict {
  const account = nameOf(log.properties?.storageId ?? '');
  const found = last === undefined ? '' : `, last at ${last.lastModified}`;
  const again = times.renewed === undefined ? '' : `; it was switched off and on again at ${times.renewed}`;
  const what = users === 1 ? 'interface is' : 'interfaces are';
  return wrong(
    `${titleOf(log)} has written nothing to ${account} for ${settings.flowLogSilenceMinutes} minutes${found}, though ${users} ${what} attached${again}`,
  );
}

function latest(a: string, b = ''): string {
  return a > b ? a : b;
}

function wrong(reason: string): Verdict {
  return { state: 'violation', problems: [{ severity: 'high', reason }] };
}

function unknown(reason: string): Verdict {
  return { state: 'unknown', reason };
}

function notApplicable(reason: string): Verdict {
  return { state: 'notApplicable', reason };
}
