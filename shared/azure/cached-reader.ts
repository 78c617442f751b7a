import { keyOfQuery, type Query } from '../core/inventory';
import type { Freshness, Lock, Read, Reader } from '../core/ports';
import { keyOf, parseId, same, type Resource } from '../core/resource';

export interface CacheOptions {
  readonly now: () => string;
  /** Milliseconds for which an answer may serve others. */
  readonly maxAge: (query: Query) => number;
}

interface Entry {
  readonly read: Promise<Read>;
  readonly readAt: string;
  /** Until when Steward's own writes are in the answer, per lock. */
  readonly covers: ReadonlyMap<string, string>;
}

const mostEntries = 2_000;

/**
 * Puts the same question once for many scopes that are judged within a moment. It never answers with less than the
 * freshness that is asked for; refusals are not remembered.
 */
export function cachedReader(reader: { read: (query: Query) => Promise<Read> }, { now, maxAge }: CacheOptions): Reader {
  const entries = new Map<string, Entry>();

  const remember = (key: string, entry: Entry): void => {
    entries.set(key, entry);
    entry.read.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
  };

  const ask = (key: string, query: Query): Promise<Read> => {
    const entry: Entry = { read: reader.read(query), readAt: now(), covers: new Map() };
    entries.delete(key);
    remember(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
    return entry.read;
  };

  const read = (query: Query, freshness: Freshness = {}): Promise<Read> => {
    const key = keyOfQuery(query);
    const entry = entries.get(key);
    const at = now();
    const youngEnough = new Date(Date.parse(at) - maxAge(query)).toISOString();
    const fresh = entry !== undefined && isFresh(entry, { now: at, youngEnough }, freshness);
    return fresh ? entry.read : ask(key, query);
  };

  const wrote = (resource: Resource, lock: Lock, at: string): void => {
    const { parent } = parseId(resource.id);
    for (const [key, entry] of entries) {
      if (coverage(entry, lock.name) < lock.lastWrite) continue;
      const covers = new Map(entry.covers).set(lock.name, at);
      remember(key, { ...entry, covers, read: entry.read.then((one) => withResource(one, resource, parent)) });
    }
  };

  return { read, wrote };
}

/** An answer from the future, after a clock was put back, is as good as none. */
function isFresh(
  entry: Entry,
  at: { readonly now: string; readonly youngEnough: string },
  { notBefore = '', under }: Freshness,
): boolean {
  const coversWrites = under === undefined || coverage(entry, under.name) >= under.lastWrite;
  const inTime = entry.readAt >= at.youngEnough && entry.readAt <= at.now;
  return inTime && entry.readAt >= notBefore && coversWrites;
}

function coverage({ readAt, covers }: Entry, lock: string): string {
  const covered = covers.get(lock) ?? '';
  return covered > readAt ? covered : readAt;
}

function withResource(read: Read, resource: Resource, parent: string | undefined): Read {
  const { query, result } = read;
  if (query.kind === 'provider' || query.kind === 'blobs') return read;
  if (query.kind === 'get')
    return same(query.id, resource.id) ? { ...read, result: { state: 'read', value: resource } } : read;
  const isBelow =
    parent === undefined ? keyOf(resource.id).startsWith(`${keyOf(query.scope)}/`) : same(query.scope, parent);
  if (!same(query.type, resource.type) || !isBelow || result.state === 'unread' || !Array.isArray(result.value))
    return read;
  const others = (result.value as readonly Resource[]).filter(({ id }) => !same(id, resource.id));
  return { ...read, result: { state: 'read', value: [...others, resource] } };
}
