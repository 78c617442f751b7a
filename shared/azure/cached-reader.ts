import { keyOfQuery, type Query } from '../core/inventory';
import type { Freshness, Lock, Read, Reader } from '../core/ports';
import { parseId, replaced, type Resource } from '../core/resource';
import { keptAnswers, type Answer } from './kept-answers';
import { coverOfWrites } from './write-cover';

export interface CacheOptions {
  readonly now: () => string;
  /** Milliseconds for which an answer may serve others. */
  readonly maxAge: (query: Query) => number;
}

/**
 * Puts the same question once for many scopes that are judged within a moment. It never answers with less than the
 * freshness that is asked for; refusals are not remembered.
 */
export function cachedReader(reader: { read: (query: Query) => Promise<Read> }, { now, maxAge }: CacheOptions): Reader {
  const answers = keptAnswers(maxAge);
  const cover = coverOfWrites();

  const ask = (key: string, query: Query): Promise<Read> => {
    const answer = { query, read: reader.read(query), readAt: now() };
    answers.tidy(Date.parse(answer.readAt));
    answers.drop(key);
    answers.put(key, answer);
    return answer.read;
  };

  const read = (query: Query, freshness: Freshness = {}): Promise<Read> => {
    const key = keyOfQuery(query);
    const answer = answers.get(key);
    const at = now();
    const youngEnough = new Date(Date.parse(at) - maxAge(query)).toISOString();
    const fresh = answer !== undefined && isFresh(answer, { now: at, youngEnough, covered: cover.until }, freshness);
    return fresh ? answer.read : ask(key, query);
  };

  const wrote = (resource: Resource, lock: Lock, at: string): void => {
    for (const key of keysAround(resource)) {
      const answer = answers.get(key);
      if (answer === undefined || cover.until(answer.readAt, lock.name) < lock.lastWrite) continue;
      answers.put(key, { ...answer, read: answer.read.then((one) => withResource(one, resource)) });
    }
    cover.wrote(lock, at);
  };

  return { read, wrote };
}

interface Moment {
  readonly now: string;
  readonly youngEnough: string;
  readonly covered: (readAt: string, lock: string) => string;
}

/** An answer from the future, after a clock was put back, is as good as none. */
function isFresh({ readAt }: Answer, at: Moment, { notBefore = '', under }: Freshness): boolean {
  const coversWrites = under === undefined || at.covered(readAt, under.name) >= under.lastWrite;
  const inTime = readAt >= at.youngEnough && readAt <= at.now;
  return inTime && readAt >= notBefore && coversWrites;
}

/** Keys of the questions whose answers a resource is in: by its id, and the lists of its parent or of what it lies in. */
function keysAround({ id, type }: Resource): readonly string[] {
  const { parent } = parseId(id);
  const parts = id.split('/');
  const scopes = parent === undefined ? parts.map((_, length) => parts.slice(0, length).join('/')) : [parent];
  return [
    keyOfQuery({ kind: 'get', id }),
    ...new Set(scopes.map((scope) => keyOfQuery({ kind: 'list', type, scope }))),
  ];
}

function withResource(read: Read, resource: Resource): Read {
  const { query, result } = read;
  if (query.kind === 'get') return { ...read, result: { state: 'read', value: resource } };
  if (query.kind !== 'list' || result.state === 'unread' || !Array.isArray(result.value)) return read;
  return { ...read, result: { state: 'read', value: replaced(result.value as readonly Resource[], resource) } };
}
