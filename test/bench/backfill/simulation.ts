import { cachedReader } from '../../../shared/azure/cached-reader';
import { limitsPolicy } from '../../../shared/azure/limits-policy';
import { flowLogs } from '../../../shared/controls/flow-logs';
import type { Usage } from '../../../shared/core/budget';
import { noExemptions } from '../../../shared/core/exemption';
import type { Message } from '../../../shared/core/message';
import type { FindingStore, Ledger, RunStore, World } from '../../../shared/core/ports';
import { inTurns } from '../../../shared/core/in-turns';
import { judgeMessage } from '../../../shared/judge-message';
import { emptyTables, locksOver, type Tables } from '../../chaos/tables';
import { timeline, type Timeline } from '../../chaos/timeline';
import { settings } from '../../given';
import { memoryBreakers } from '../../memory-breakers';
import { memoryReceipts } from '../../memory-receipts';
import { memorySweeps } from '../../memory-sweeps';
import { memoryBudget } from '../../memory-budget';
import { createLimits, type Limits } from '../../sandbox/subscription/limits';
import { cloud, type Cloud, type Estate } from './cloud';
import { fileMap } from './file-map';
import { findingsIn, ledgerIn, runsIn, type Call } from './stores';
import { ask, write, type Tally, type Wire } from './wire';
import { surroundingsGiven } from '../../surroundings-given';

export interface Simulation {
  readonly time: Timeline;
  readonly cloud: Cloud;
  readonly tally: Tally;
  /** One for whoever asks by HTTP. */
  readonly world: World;
  /** The most memory that was seen, in bytes. */
  readonly peakRss: () => number;
  /** Runs until nothing waits any more. Throws what a function threw. */
  rest(): Promise<void>;
  close(): void;
}

/** As many at once as one instance takes from the queue (host.json: batchSize + newBatchThreshold). */
const mostAtOnce = 24;
/** The limits that are measured are Azure's, not those that an owner sets. */
const unlimited = 1_000_000;
/** A call of a table, in milliseconds. */
const tableMs = 8;
const epoch = Date.parse('2026-03-01T08:00:00.000Z');
/** No backfill of the bench takes longer. */
const longest = 30 * 86_400_000;

interface Shared {
  readonly estate: Estate;
  readonly time: Timeline;
  readonly cloud: Cloud;
  readonly limits: Limits;
  readonly tally: Tally;
  readonly tables: Tables;
  readonly budget: Map<string, Usage>;
  readonly findings: FindingStore;
  readonly ledger: Ledger;
  readonly breakers: Parameters<typeof memoryBreakers>[0];
  readonly runs: RunStore;
  readonly send: (message: Message, delaySeconds: number) => void;
}

/** Several instances of the app, one queue and Azure with its limits, on a simulated clock. */
export function simulation(estate: Estate, instances: number): Simulation {
  const time = timeline(epoch);
  const rows = fileMap();
  const call: Call = async (effect) => {
    await sleep(time, tableMs);
    return effect();
  };
  const waiting: string[] = [];
  const free: number[] = Array.from({ length: instances * mostAtOnce }, (_, slot) => slot % instances);
  const failures: unknown[] = [];
  let peak = 0;

  const serve = (): void => {
    while (waiting.length > 0 && free.length > 0) void attend(waiting.shift()!, free.shift()!);
  };
  const attend = async (text: string, number: number): Promise<void> => {
    try {
      await judgeMessage(worlds[number]!, text, 1);
    } catch (error) {
      failures.push(error);
    }
    peak = Math.max(peak, process.memoryUsage.rss());
    free.push(number);
    serve();
  };
  const send: Shared['send'] = (message, delaySeconds) => {
    const text = JSON.stringify(message);
    // The host looks again after a tenth to a whole second.
    const poll = 100 + ((text.length * 7_919 + waiting.length * 104_729) % 900);
    time.at(time.now() + delaySeconds * 1_000 + poll, () => {
      waiting.push(text);
      serve();
    });
  };

  const shared: Shared = {
    estate,
    time,
    cloud: cloud(estate, time, rows),
    limits: createLimits(true, time.now),
    tally: { calls: 0, writes: 0, networkWrites: 0, answered429: 0, lastWriteAt: epoch },
    tables: emptyTables(),
    budget: new Map(),
    findings: findingsIn(rows, call),
    ledger: ledgerIn(rows, call),
    breakers: new Map(),
    runs: runsIn(rows, call),
    send,
  };
  const worlds = Array.from({ length: instances }, (_, number) => worldOf(shared, number));
  return {
    ...shared,
    world: worldOf(shared, instances),
    peakRss: () => Math.max(peak, process.memoryUsage.rss()),
    rest: async () => {
      if (!(await time.runToRest(time.now() + longest))) throw new Error('it does not come to rest');
      if (failures.length > 0) throw failures[0];
    },
    close: () => {
      rows.close();
    },
  };
}

function sleep(time: Timeline, ms: number): Promise<void> {
  return new Promise((resolve) => time.at(time.now() + ms, resolve));
}

function worldOf(shared: Shared, number: number): World {
  const { estate, time, tables } = shared;
  const now = (): string => new Date(Math.floor(time.now())).toISOString();
  const pause = (ms: number): Promise<void> => sleep(time, ms);
  const call: Call = async (effect) => {
    await pause(tableMs);
    return effect();
  };
  const rows = memoryBudget(shared.budget, time.now);
  const budget: World['budget'] = {
    take: async (limits) => pause(2 * tableMs).then(() => rows.take(limits)),
    turn: async (limits, soon) => pause(2 * tableMs).then(() => rows.turn(limits, soon)),
    block: async (names, until) => pause(2 * tableMs).then(() => rows.block(names, until)),
  };
  const policy = limitsPolicy({ now, pause, block: budget.block });
  const wire: Wire = { ...shared, policy, now: time.now, sleep: pause };
  let owners = 0;
  return {
    settings: {
      ...settings,
      subscriptionIds: estate.subscriptionIds,
      writesAnHour: unlimited,
      driftsAnHour: unlimited,
    },
    controls: [flowLogs],
    now,
    reader: cachedReader(
      {
        read: async (query) => {
          const readAt = now();
          return { query, readAt, result: { state: 'read', value: await ask(wire, query) } };
        },
      },
      { now, maxAge: () => 60_000 },
    ),
    writer: {
      write: (action) => write(wire, action),
      remove: (id) => Promise.reject(new Error(`nothing here removes ${id}`)),
    },
    locks: locksOver(tables, {
      call: (_, __, effect) => call(effect),
      clock: time.now,
      sleep: pause,
      every: (ms, work) => every(time, ms, work),
      newOwner: () => `${number}-${(owners += 1)}`,
      isRest: () => false,
    }),
    budget,
    findings: shared.findings,
    ledger: shared.ledger,
    breakers: memoryBreakers(shared.breakers),
    sweeps: memorySweeps(),
    receipts: memoryReceipts(),
    activityLog: {
      async *changes() {
        yield* [];
      },
    },
    canary: { write: async () => undefined },
    exemptions: { read: async () => noExemptions },
    queue: {
      send: (message, delay = 0) => call(() => shared.send(message, delay)),
      poison: async (body, reason) => Promise.reject(new Error(`${reason}: ${JSON.stringify(body)}`)),
      poisoned: async () => 0,
      listPoisoned: async () => [],
      putBack: async () => ({ putBack: 0, refused: [] }),
      keepPoisoned: async () => 0,
    },
    runs: shared.runs,
    sentinel: { ingest: (announcements) => call(() => announcements) },
    journal: () => undefined,
    surroundings: surroundingsGiven(),
    inTurn: inTurns(),
    pause,
  };
}

function every(time: Timeline, ms: number, work: () => void): () => void {
  let cancel: () => void = () => undefined;
  const next = (): void => {
    cancel = time.at(
      time.now() + ms,
      () => {
        work();
        next();
      },
      'background',
    );
  };
  next();
  return () => {
    cancel();
  };
}
