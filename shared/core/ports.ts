import type { Breaker } from './breaker';
import type { Action, Control } from './control';
import type { ExemptionSources } from './exemption';
import type { ActivityLog, Canary, Receipts } from './delivery';
import type { Announcement, Finding, Turn } from './finding';
import type { Blob, Query, Reading } from './inventory';
import type { KubernetesObject } from './kubernetes-object';
import type { LedgerChange, LedgerEnd, LedgerEntry } from './ledger';
import type { Limit } from './limits';
import type { Message } from './message';
import type { Resource } from './resource';
import type { Run, RunItem, RunPart } from './run';
import type { Settings } from './settings';
import type { Surroundings } from './surroundings';
import type { Sweeps } from './sweeps';

/** Everything impure that the line needs, passed in by the composition root. Times are ISO 8601 in UTC. */
export interface World {
  readonly settings: Settings;
  readonly controls: readonly Control[];
  readonly now: () => string;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly locks: Locks;
  readonly budget: Budget;
  readonly findings: FindingStore;
  readonly sweeps: Sweeps;
  readonly ledger: Ledger;
  readonly breakers: Breakers;
  readonly queue: ScopeQueue;
  readonly runs: RunStore;
  readonly receipts: Receipts;
  readonly activityLog: ActivityLog;
  readonly canary: Canary;
  readonly sentinel: Sentinel;
  readonly exemptions: Exemptions;
  readonly surroundings: Surroundings;
  readonly journal: Journal;
  /** Runs work of the same key one after the other, on this instance. */
  readonly inTurn: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

export type Found = Resource | undefined | readonly Resource[] | readonly Blob[] | readonly KubernetesObject[];

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
  /**
   * Carries out one write to its end, long-running operations included. Throws AzureError. Answers the resource where it was
   * read after that end anyway, exactly as ARM sent it.
   */
  write(action: Action): Promise<Resource | void>;
  /** Removes a resource that holds no data of its own: only to take back what Steward made. Throws AzureError. */
  remove(id: string): Promise<void>;
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

export interface Spent {
  readonly taken: false;
  /** Seconds until something is left again, for whoever comes first. */
  readonly wait: number;
  /** The name of the limit that takes longest. */
  readonly limit: string;
}

/** What all instances together may still write. The limits of one call are those of one subscription. */
export interface Budget {
  /** Takes one from each limit (two where it is named twice), or from none. */
  take(limits: readonly Limit[]): Promise<{ readonly taken: true } | Spent>;
  /**
   * 0 when something is left or will be in `soon` seconds; else the caller is put in line, behind everybody who was put
   * there before, and told in how many seconds to come back. Nothing is held for it: who comes first takes first.
   */
  turn(limits: readonly Limit[], soon: number): Promise<number>;
  /** Nobody takes from the limits of these names until then: Azure said so. */
  block(names: readonly string[], until: string): Promise<void>;
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
  /** Reads, decides and removes as one: `decide` is asked again when somebody else wrote in between. */
  remove(key: FindingKey, decide: (previous: Finding) => boolean): Promise<void>;
  /** Announcements that ingestion has not taken yet, oldest first. */
  outbox(subscriptionId: string): AsyncIterable<Announcement>;
  delivered(announcements: readonly Announcement[]): Promise<void>;
  /**
   * Puts what is told in turns, as the rows of an hour, in the outbox; at most 90. False, and nothing is put there, when this
   * turn or a later one was announced before.
   */
  announce(turn: Turn, announcements: readonly Announcement[]): Promise<boolean>;
  /** When the latest turn of this name was. */
  lastTurn(subscriptionId: string, name: string): Promise<string | undefined>;
}

export interface FindingKey {
  readonly subscriptionId: string;
  readonly findingId: string;
}

export interface BreakerKey {
  readonly subscriptionId: string;
  readonly controlId: string;
}

/** One circuit breaker for each control in each subscription. */
export interface Breakers {
  get(key: BreakerKey): Promise<Breaker>;
  /** Reads, decides and writes as one; undefined leaves it as it is. Answers the breaker afterwards. */
  update(key: BreakerKey, decide: (breaker: Breaker) => Breaker | undefined): Promise<Breaker>;
  /** Those that ever changed. */
  all(): AsyncIterable<readonly [BreakerKey, Breaker]>;
}

/** Every write, before it is sent and after; what was begun and not settled is found again. */
export interface Ledger {
  /** Has to return before the write is sent. */
  begin(change: LedgerChange): Promise<void>;
  /** Settles the change, unless it ends `unproved`. */
  end(change: LedgerChange, end: LedgerEnd): Promise<void>;
  /** Changes of a subscription that were begun and that nobody settled: whoever wrote them died, or saw no proof. */
  unsettled(subscriptionId: string): Promise<readonly LedgerChange[]>;
  find(changeId: string): Promise<LedgerEntry | undefined>;
  /** Oldest first. `since` is a time, ISO 8601 in UTC. */
  entries(subscriptionId: string, since: string): AsyncIterable<LedgerEntry>;
}

export interface ScopeQueue {
  send(message: Message, delaySeconds?: number): Promise<void>;
  /** Sets a message aside that will never be understood, with the reason. */
  poison(body: unknown, reason: string): Promise<void>;
  /** Messages that nobody could understand or that failed too often. */
  poisoned(): Promise<number>;
  /** The oldest of them, at most 32; they stay where they are. */
  listPoisoned(most: number): Promise<readonly PoisonedMessage[]>;
  /** Has all of them judged anew that can be understood, as if they had come at `receivedAt`; the others stay. */
  putBack(receivedAt: string): Promise<PutBack>;
  /** Has those kept that the host set aside for seven days only. Answers how many. */
  keepPoisoned(): Promise<number>;
}

export interface PoisonedMessage {
  readonly id: string;
  readonly reason: string;
  /** As it came, shortened. */
  readonly body: string;
  readonly insertedAt: string;
  /** How often it was taken out of the poison queue. */
  readonly dequeueCount: number;
}

export interface PutBack {
  readonly putBack: number;
  /** What cannot be understood. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

export interface RunStore {
  /** Keeps a run with all its parts and gives it its id. A run that is there has all its parts. */
  create(run: Omit<Run, 'id'>, parts: readonly RunPart[]): Promise<Run>;
  get(id: string): Promise<Run | undefined>;
  /** Reads, decides and writes as one; `undefined` when the run is gone or `decide` leaves it as it is. */
  update(id: string, decide: (run: Run) => Run | undefined): Promise<Run | undefined>;
  /** Oldest first. */
  all(): AsyncIterable<Run>;
  part(id: string, key: string): Promise<RunPart | undefined>;
  /** All parts, or those that are not over. */
  parts(id: string, which: 'all' | 'open'): AsyncIterable<RunPart>;
  updatePart(id: string, key: string, decide: (part: RunPart) => RunPart | undefined): Promise<RunPart | undefined>;
  /** An item of the same subscription and number is replaced. */
  keep(id: string, items: readonly RunItem[]): Promise<void>;
  /** In the order of subscription and number, those after the place. */
  items(id: string, after?: ItemPlace): AsyncIterable<RunItem>;
  remove(id: string): Promise<void>;
}

export interface ItemPlace {
  readonly subscriptionId: string;
  readonly number: number;
  /** Items of other subscriptions do not follow. */
  readonly only?: true;
}

export interface Sentinel {
  /** Answers the announcements that were taken; throws AzureError when none was. */
  ingest(announcements: readonly Announcement[]): Promise<readonly Announcement[]>;
}

export interface Exemptions {
  /** What is exempted in a subscription, a minute old at most. What cannot be read is named in the answer; nothing is thrown. */
  read(subscriptionId: string): Promise<ExemptionSources>;
}

export interface JournalEntry {
  readonly step: 'ignored' | 'queued' | 'seen' | 'judged' | 'changed' | 'proved' | 'failed' | 'published' | 'swept';
  readonly subject?: string;
  readonly control?: string;
  readonly text: string;
}

/** One line per step, without personal data. */
export type Journal = (entry: JournalEntry) => void;
