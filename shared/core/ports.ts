import type { Action, Control } from './control';
import type { Announcement, Finding } from './finding';
import type { Blob, Query, Reading } from './inventory';
import type { Message } from './message';
import type { Resource } from './resource';
import type { Settings } from './settings';

/** Everything impure that the line needs, passed in by the composition root. Times are ISO 8601 in UTC. */
export interface World {
  readonly settings: Settings;
  readonly controls: readonly Control[];
  readonly now: () => string;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly locks: Locks;
  readonly findings: FindingStore;
  readonly queue: ScopeQueue;
  readonly sentinel: Sentinel;
  readonly journal: Journal;
  /** Runs work of the same key one after the other, on this instance. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

export type Found = Resource | undefined | readonly Resource[] | readonly Blob[];

export interface Read {
  readonly query: Query;
  readonly result: Reading<Found>;
  /** When the question was put. */
  readonly readAt: string;
}

/** How fresh an answer has to be. */
export interface Freshness {
  /** Keys of queries that are put anew, whatever was read before. */
  readonly anew?: ReadonlySet<string>;
  /** Not read before this time. */
  readonly notBefore?: string;
  /** Whatever Steward wrote under this lock is in it. */
  readonly under?: Lock;
}

export interface Reader {
  /** Asks Azure, or answers from what was read a moment ago and is fresh enough. Throws AzureError. A 404 is `undefined`. */
  read(query: Query, freshness?: Freshness): Promise<Read>;
  /** Takes note of a resource that was written under `lock` and read back at `at`. */
  wrote(resource: Resource, lock: Lock, at: string): void;
}

export interface Writer {
  /** Carries out one write to its end, long-running operations included. Throws AzureError. */
  write(action: Action): Promise<void>;
}

export interface Lock {
  readonly name: string;
  /** When something was last written under this lock; the epoch when never. */
  readonly lastWrite: string;
}

export interface Locks {
  /** Runs `work` while no other instance runs under `name`. `work` answers when it wrote last. Throws AzureError (retryable) when the lock is not to be had. */
  under<T>(name: string, work: (lock: Lock) => Promise<{ readonly result: T; readonly wroteAt?: string }>): Promise<T>;
}

export interface Change {
  readonly finding: Finding;
  readonly announcements: readonly Announcement[];
}

export interface FindingStore {
  get(subscriptionId: string, findingId: string): Promise<Finding | undefined>;
  of(subscriptionId: string): AsyncIterable<Finding>;
  /** Reads, decides and writes as one: `decide` is asked again when somebody else wrote in between. */
  update(key: FindingKey, decide: (previous: Finding | undefined) => Change | undefined): Promise<Change | undefined>;
  remove(finding: Finding): Promise<void>;
  /** Announcements that ingestion has not taken yet, oldest first. */
  outbox(subscriptionId: string): AsyncIterable<Announcement>;
  delivered(announcements: readonly Announcement[]): Promise<void>;
}

export interface FindingKey {
  readonly subscriptionId: string;
  readonly findingId: string;
}

export interface ScopeQueue {
  send(message: Message, delaySeconds?: number): Promise<void>;
  /** Sets a message aside that will never be understood, with the reason. */
  poison(body: unknown, reason: string): Promise<void>;
  /** Messages that nobody could understand or that failed too often. */
  poisoned(): Promise<number>;
}

export interface Sentinel {
  /** Answers the announcements that were taken; throws AzureError when none was. */
  ingest(announcements: readonly Announcement[]): Promise<readonly Announcement[]>;
}

export interface JournalEntry {
  readonly step: 'ignored' | 'queued' | 'seen' | 'judged' | 'changed' | 'proved' | 'failed' | 'published' | 'swept';
  readonly subject?: string;
  readonly control?: string;
  readonly text: string;
}

/** One line per step, without personal data. */
export type Journal = (entry: JournalEntry) => void;
