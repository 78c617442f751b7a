import {
  singleFindings,
  type Announcement,
  type Finding,
  type FindingState,
  type Turn,
} from '../../shared/core/finding';
import type { Change, FindingStore, Locks } from '../../shared/core/ports';
import { AzureError } from '../../shared/core/errors';
import type { Usage } from '../../shared/core/budget';
import type { Port } from './schedule';
import type { Cancel } from './timeline';

/** What a finding went through: its states in the order in which they were stored. */
export interface Passage {
  readonly findingId: string;
  /** Undefined: the finding was removed. */
  readonly state: FindingState | undefined;
}

/** The app's tables: JSON with ETags. */
export interface Tables {
  readonly findings: Map<string, { readonly json: string; readonly etag: number }>;
  readonly outbox: Map<string, string>;
  /** All turns that were announced, by their names. */
  readonly turns: Map<string, readonly string[]>;
  readonly locks: Map<string, { readonly row: LockRow; readonly etag: number }>;
  readonly budget: Map<string, Usage>;
  readonly history: Passage[];
  etag: number;
}

interface LockRow {
  readonly owner: string;
  readonly until: string;
  readonly lastWrite: string;
}

export function emptyTables(): Tables {
  return {
    findings: new Map(),
    outbox: new Map(),
    turns: new Map(),
    locks: new Map(),
    budget: new Map(),
    history: [],
    etag: 0,
  };
}

/** Calls a port of an instance: an await point at which others go on, and at which things go wrong. */
export type Calls = <T>(port: Port, subject: string, effect: () => T) => Promise<T>;

const pageSize = 8;
const mostTries = 20;

/** As `shared/store/findings.ts` over Azure Tables. */
export function findingsOver(tables: Tables, call: Calls): FindingStore {
  const stored = (findingId: string): { readonly finding?: Finding; readonly etag?: number } => {
    const found = tables.findings.get(findingId);
    return found === undefined ? {} : { finding: JSON.parse(found.json) as Finding, etag: found.etag };
  };
  return {
    get: async (_, findingId) => (await call('findings.read', findingId, () => stored(findingId))).finding,
    of: () => paged(call, 'findings.list', () => [...tables.findings].map(([key, { json }]) => [key, json])),
    update: async ({ findingId }, decide) => {
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const { finding, etag } = await call('findings.read', findingId, () => stored(findingId));
        const change = decide(finding);
        if (change === undefined) return change;
        if (await call('findings.write', findingId, () => written(tables, change, etag))) return change;
      }
      throw new Error(`finding ${findingId} was written by somebody else ${mostTries} times in a row`);
    },
    remove: async ({ findingId }, decide) => {
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const { finding, etag } = await call('findings.read', findingId, () => stored(findingId));
        if (finding === undefined || !decide(finding)) return;
        if (await call('findings.write', findingId, () => removed(tables, findingId, etag))) return;
      }
      throw new Error(`finding ${findingId} was written by somebody else ${mostTries} times in a row`);
    },
    outbox: () => paged(call, 'outbox.list', () => [...tables.outbox]),
    delivered: async (announcements) => {
      for (const { key } of announcements) await call('outbox.delete', key, () => void tables.outbox.delete(key));
    },
    announce: (turn, announcements) => announced(tables, call, turn, announcements),
    lastTurn: (_, name) => call('findings.read', name, () => tables.turns.get(name)?.at(-1)),
  };
}

async function announced(
  tables: Tables,
  call: Calls,
  { name, at }: Turn,
  announcements: readonly Announcement[],
): Promise<boolean> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const last = await call('findings.read', name, () => tables.turns.get(name)?.at(-1));
    if (last !== undefined && last >= at) return false;
    const isWritten = await call('findings.write', name, () => {
      const turns = tables.turns.get(name) ?? [];
      if (turns.at(-1) !== last) return false;
      tables.turns.set(name, [...turns, at]);
      for (const announcement of announcements) tables.outbox.set(announcement.key, JSON.stringify(announcement));
      return true;
    });
    if (isWritten) return true;
  }
  throw new Error(`turn ${name} was taken by somebody else ${mostTries} times in a row`);
}

/** False when somebody else wrote the finding in between. */
function written(tables: Tables, { finding, announcements }: Change, etag: number | undefined): boolean {
  const { findingId } = finding;
  if (tables.findings.get(findingId)?.etag !== etag) return false;
  tables.findings.set(findingId, { json: JSON.stringify(finding), etag: (tables.etag += 1) });
  for (const announcement of announcements) tables.outbox.set(announcement.key, JSON.stringify(announcement));
  // What only sums up is told of by what it sums up.
  for (const one of singleFindings(finding)) tables.history.push({ findingId: one.findingId, state: one.state });
  return true;
}

function removed(tables: Tables, findingId: string, etag: number | undefined): boolean {
  if (tables.findings.get(findingId)?.etag !== etag) return false;
  tables.findings.delete(findingId);
  tables.history.push({ findingId, state: undefined });
  return true;
}

async function* paged<T extends Finding | Announcement>(
  call: Calls,
  port: Port,
  rows: () => readonly (readonly [string, string])[],
): AsyncGenerator<T> {
  let after = '';
  for (;;) {
    const page = await call(port, after, () =>
      rows()
        .filter(([key]) => key > after)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, pageSize),
    );
    for (const [, json] of page) yield JSON.parse(json) as T;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last[0];
  }
}

const lease = 120_000;
const patience = 120_000;
const epoch = new Date(0).toISOString();

export interface LockMeans {
  readonly call: Calls;
  /** Milliseconds by this instance's clock. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly every: (ms: number, work: () => void) => Cancel;
  /** Unique for each holder. */
  readonly newOwner: () => string;
  readonly isRest: (error: unknown) => boolean;
}

/** As `shared/store/locks.ts` over Azure Tables, with another clock. */
export function locksOver(tables: Tables, means: LockMeans): Locks {
  const { call, clock, every } = means;
  return {
    under: async (name, work) => {
      const held = await acquired(tables, name, means);
      let renewing = Promise.resolve();
      const renewal = every(lease / 3, () => {
        renewing = renewing.then(() => renewed(tables, name, held.owner, means));
      });
      let wroteAt: string | undefined = 'unknown';
      try {
        const done = await work({ name, lastWrite: held.lastWrite });
        wroteAt = done.wroteAt;
        return done.result;
      } finally {
        renewal();
        await renewing;
        await released(tables, name, held.owner, { wroteAt: wroteAt === 'unknown' ? iso(clock()) : wroteAt, call });
      }
    },
  };
}

function iso(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}

async function acquired(tables: Tables, name: string, means: LockMeans): Promise<LockRow> {
  const giveUp = means.clock() + patience;
  for (;;) {
    const row = await tried(tables, name, means);
    if (row !== undefined) return row;
    if (means.clock() > giveUp) {
      const message = `another instance has been writing under ${name} for ${patience / 1_000} seconds`;
      throw new AzureError({ status: 0, code: 'LockNotHad', message, retryable: true });
    }
    await means.sleep(150);
  }
}

async function tried(tables: Tables, name: string, { call, clock, newOwner }: LockMeans): Promise<LockRow | undefined> {
  const found = await call('locks.read', name, () => tables.locks.get(name));
  if (found !== undefined && found.row.until > iso(clock())) return undefined;
  const row = { owner: newOwner(), until: iso(clock() + lease), lastWrite: found?.row.lastWrite ?? epoch };
  const isOurs = await call('locks.write', name, () => replaced(tables, name, row, found?.etag));
  return isOurs ? row : undefined;
}

function replaced(tables: Tables, name: string, row: LockRow, etag: number | undefined): boolean {
  if (tables.locks.get(name)?.etag !== etag) return false;
  tables.locks.set(name, { row, etag: (tables.etag += 1) });
  return true;
}

async function renewed(tables: Tables, name: string, owner: string, means: LockMeans): Promise<void> {
  try {
    const found = await means.call('locks.read', name, () => tables.locks.get(name));
    if (found?.row.owner !== owner) return;
    const row = { ...found.row, until: iso(means.clock() + lease) };
    await means.call('locks.write', name, () => replaced(tables, name, row, found.etag));
  } catch (error) {
    if (!means.isRest(error)) throw error;
  }
}

async function released(
  tables: Tables,
  name: string,
  owner: string,
  { wroteAt = epoch, call }: { readonly wroteAt: string | undefined; readonly call: Calls },
): Promise<void> {
  for (;;) {
    const found = await call('locks.read', name, () => tables.locks.get(name));
    if (found === undefined) return;
    const isOurs = found.row.owner === owner;
    const lastWrite = wroteAt > found.row.lastWrite ? wroteAt : found.row.lastWrite;
    if (!isOurs && lastWrite === found.row.lastWrite) return;
    const row = isOurs ? { owner: '', until: epoch, lastWrite } : { ...found.row, lastWrite };
    if (await call('locks.write', name, () => replaced(tables, name, row, found.etag))) return;
  }
}
