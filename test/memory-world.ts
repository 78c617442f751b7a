import { cachedReader } from '../shared/azure/cached-reader';
import { flowLogs } from '../shared/controls/flow-logs';
import type { Action, Control } from '../shared/core/control';
import type { LoggedChange } from '../shared/core/delivery';
import { AzureError } from '../shared/core/errors';
import { noExemptions, type ExemptionSources } from '../shared/core/exemption';
import type { Announcement, Finding } from '../shared/core/finding';
import type { Query } from '../shared/core/inventory';
import type { LedgerEntry } from '../shared/core/ledger';
import type { Message } from '../shared/core/message';
import type { Change, FindingStore, JournalEntry, Read, World } from '../shared/core/ports';
import { keyOf, subscriptionOf, type Resource } from '../shared/core/resource';
import type { Settings } from '../shared/core/settings';
import { findingsTable } from '../shared/core/tables';
import { inTurns } from '../shared/core/in-turns';
import { answered, resource, settings as usual, type StoredBlob, type StoredObjects } from './given';
import { memoryBreakers } from './memory-breakers';
import { memoryLedger } from './memory-ledger';
import { memoryReceipts } from './memory-receipts';
import { memoryBudget } from './memory-budget';
import { memorySweeps } from './memory-sweeps';
import { memoryRuns, type MemoryRuns } from './memory-runs';
import { surroundingsGiven } from './surroundings-given';

/** Azure as a list of resources, whose requests can be counted and refused. */
export interface MemoryAzure {
  resources: readonly Resource[];
  blobs: readonly StoredBlob[];
  /** What is in clusters. */
  objects: readonly StoredObjects[];
  readonly asked: Query[];
  readonly written: Action[];
  /** Answers a refusal for a request, or undefined to let it through. */
  refuse: (request: { readonly query?: Query; readonly action?: Action }) => AzureError | undefined;
  /** What a write leaves behind; by default what was wanted. */
  land: (action: Action) => readonly Resource[];
}

export interface MemoryWorld extends World {
  readonly azure: MemoryAzure;
  readonly sent: { readonly message: Message; readonly delay: number }[];
  readonly poison: unknown[];
  /** What Sentinel's table of findings got. */
  readonly rows: Announcement['row'][];
  /** What its table of postures got. */
  readonly postures: Announcement['row'][];
  readonly outbox: Map<string, Announcement>;
  readonly stored: Map<string, Finding>;
  readonly ledgered: LedgerEntry[];
  readonly lines: JournalEntry[];
  readonly kept: MemoryRuns;
  ingestionDown: boolean;
  exempting: ExemptionSources;
  /** What the activity log tells; undefined: it cannot be read. */
  logged: readonly LoggedChange[] | undefined;
  /** When canaries were written. */
  readonly canaries: string[];
  /** Moves the clock, in milliseconds. */
  pass(ms: number): void;
  /** Takes the messages that wait. */
  take(): readonly Message[];
}

export function refusal(code: string, status = 403, retryAfter?: number): AzureError {
  const retryable = status === 429 || status >= 500;
  return new AzureError({
    status,
    code,
    message: `${code} it is`,
    retryable,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

export function memoryAzure(resources: readonly Resource[]): MemoryAzure {
  return { resources, blobs: [], objects: [], asked: [], written: [], refuse: () => undefined, land: landed };
}

function landed({ id, body }: Action): readonly Resource[] {
  const state = id.includes('/managementPolicies/') ? {} : { provisioningState: 'Succeeded' };
  return [resource(id, { ...body, properties: { ...body.properties, ...state } })];
}

const start = Date.parse('2026-03-01T08:00:00.000Z');

export function memoryWorld(
  resources: readonly Resource[],
  changed: Partial<Settings> = {},
  controls: readonly Control[] = [flowLogs],
): MemoryWorld {
  const azure = memoryAzure(resources);
  let clock = start;
  const now = (): string => new Date((clock += 1)).toISOString();
  const sent: { message: Message; delay: number }[] = [];
  const poison: unknown[] = [];
  const rows: Announcement['row'][] = [];
  const postures: Announcement['row'][] = [];
  const lines: JournalEntry[] = [];
  const { store, stored, outbox } = memoryFindings();
  const ledger: LedgerEntry[] = [];
  const kept = memoryRuns();
  const lastWrites = new Map<string, string>();
  const world: MemoryWorld = {
    settings: { ...usual, ...changed },
    controls,
    now,
    azure,
    sent,
    poison,
    rows,
    postures,
    lines,
    kept,
    runs: kept.store,
    outbox,
    stored,
    ledgered: ledger,
    ingestionDown: false,
    exempting: noExemptions,
    exemptions: { read: async () => world.exempting },
    pass: (ms) => (clock += ms),
    take: () => sent.splice(0).map(({ message }) => message),
    reader: cachedReader({ read: (query) => ask(azure, query, now) }, { now, maxAge: () => 60_000 }),
    writer: {
      write: async (action) => {
        const refused = azure.refuse({ action });
        if (refused !== undefined) throw refused;
        azure.written.push(action);
        for (const one of azure.land(action))
          azure.resources = [...azure.resources.filter(({ id }) => keyOf(id) !== keyOf(one.id)), one];
      },
      remove: async (id) => void (azure.resources = azure.resources.filter((one) => keyOf(one.id) !== keyOf(id))),
    },
    locks: {
      under: async (name, work) => {
        const { result, wroteAt } = await work({ name, lastWrite: lastWrites.get(name) ?? new Date(0).toISOString() });
        if (wroteAt !== undefined) lastWrites.set(name, wroteAt);
        return result;
      },
    },
    budget: memoryBudget(new Map(), () => clock),
    findings: store,
    sweeps: memorySweeps(),
    ledger: memoryLedger(ledger),
    breakers: memoryBreakers(new Map()),
    queue: {
      send: async (message, delay = 0) => void sent.push({ message, delay }),
      poison: async (body, reason) => void poison.push({ body, reason }),
      poisoned: async () => poison.length,
      listPoisoned: async () => [],
      putBack: async () => ({ putBack: 0, refused: [] }),
      keepPoisoned: async () => 0,
    },
    logged: [],
    canaries: [],
    receipts: memoryReceipts(),
    activityLog: {
      async *changes(_, from, to) {
        if (world.logged === undefined) throw refusal('AuthorizationFailed');
        yield* world.logged.filter(({ at }) => at >= from && at <= to);
      },
    },
    canary: { write: async (at) => void world.canaries.push(at) },
    sentinel: {
      ingest: async (announcements) => {
        if (world.ingestionDown) throw refusal('ServiceUnavailable', 503);
        for (const { table, row } of announcements) (table === findingsTable.name ? rows : postures).push(row);
        return announcements;
      },
    },
    journal: (entry) => void lines.push(entry),
    inTurn: inTurns(),
    surroundings: surroundingsGiven(),
    pause: async (ms) => void (clock += ms),
  };
  return world;
}

async function ask(azure: MemoryAzure, query: Query, now: () => string): Promise<Read> {
  azure.asked.push(query);
  const readAt = now();
  const refused = azure.refuse({ query });
  if (refused !== undefined) throw refused;
  const value = answered(azure.resources, query, azure.blobs, azure.objects);
  return { query, readAt, result: { state: 'read', value } };
}

interface MemoryFindings {
  readonly store: FindingStore;
  readonly stored: Map<string, Finding>;
  readonly outbox: Map<string, Announcement>;
}

function memoryFindings(): MemoryFindings {
  const stored = new Map<string, Finding>();
  const outbox = new Map<string, Announcement>();
  const turns = new Map<string, string>();
  const store: FindingStore = {
    get: async (_, findingId) => stored.get(findingId),
    async *of(subscriptionId) {
      for (const finding of [...stored.values()])
        if (subscriptionOf(finding.resourceId) === subscriptionId) yield finding;
    },
    update: async ({ findingId }, decide): Promise<Change | undefined> => {
      const change = decide(stored.get(findingId));
      if (change === undefined) return undefined;
      stored.set(findingId, change.finding);
      for (const announcement of change.announcements) outbox.set(announcement.key, announcement);
      return change;
    },
    remove: async ({ findingId }, decide) => {
      const previous = stored.get(findingId);
      if (previous !== undefined && decide(previous)) stored.delete(findingId);
    },
    async *outbox(subscriptionId) {
      for (const key of [...outbox.keys()].toSorted()) {
        const announcement = outbox.get(key);
        if (announcement?.subscriptionId === subscriptionId) yield announcement;
      }
    },
    delivered: async (announcements) => {
      for (const { key } of announcements) outbox.delete(key);
    },
    announce: async ({ subscriptionId, name, at }, announcements) => {
      const key = `${subscriptionId}|${name}`;
      if ((turns.get(key) ?? '') >= at) return false;
      turns.set(key, at);
      for (const announcement of announcements) outbox.set(announcement.key, announcement);
      return true;
    },
    lastTurn: async (subscriptionId, name) => turns.get(`${subscriptionId}|${name}`),
  };
  return { store, stored, outbox };
}
