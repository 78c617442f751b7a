import { cachedReader } from '../../shared/azure/cached-reader';
import { refusalOf } from '../../shared/azure/refusal';
import { flowLogs } from '../../shared/controls/flow-logs';
import { differences } from '../../shared/core/compare';
import { AzureError } from '../../shared/core/errors';
import type { Action } from '../../shared/core/control';
import { keyOfQuery } from '../../shared/core/inventory';
import { noExemptions } from '../../shared/core/exemption';
import type { World } from '../../shared/core/ports';
import { nameOf } from '../../shared/core/resource';
import { findingsTable, postureTable } from '../../shared/core/tables';
import { inTurns } from '../../shared/core/in-turns';
import { settings } from '../given';
import { memoryBudget } from '../memory-budget';
import { memoryBreakers } from '../memory-breakers';
import { chanceOf } from './chance';
import { clockOf, isStorageError, strikeOn, type Strike } from './faults';
import { inspect } from './guard';
import { ledgerOver } from './ledger';
import type { Port } from './schedule';
import type { Sim } from './sim';
import { receiptsOver } from './receipts';
import { sweepsOver } from './postures';
import { findingsOver, locksOver, type Calls } from './tables';
import { surroundingsGiven } from '../surroundings-given';

export interface Task {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
  readonly crashed: () => void;
}

/** A process that runs the app. When it dies, nothing of it goes on, and another one starts in its place. */
export interface Instance {
  readonly name: string;
  isAlive(): boolean;
  busy(): number;
  run(work: (world: World) => Promise<void>, task: Task): void;
  readonly call: Calls;
}

export function instance(sim: Sim, number: number, send: (text: string, delayMs: number) => void): Instance {
  const name = `instance ${number}`;
  let life = { number: 0, alive: true };
  let world: World | undefined;
  const tasks = new Set<Task>();

  const crash = (why: string): void => {
    if (!life.alive) return;
    sim.note(name, `CRASH ${why}`);
    life.alive = false;
    world = undefined;
    const seconds = 1 + 20 * chanceOf(sim.schedule.seed, `restart|${name}|${life.number}`);
    sim.time.at(sim.time.now() + seconds * 1_000, () => (life = { number: life.number + 1, alive: true }));
    for (const task of [...tasks]) task.crashed();
    tasks.clear();
  };

  const call: Calls = (port, subject, effect) =>
    new Promise((resolve, reject) => {
      const mine = life;
      if (!mine.alive) return;
      const nth = sim.count(port);
      const strike = strikeOn(sim.schedule, { port, nth, at: sim.time.now() - sim.start });
      if (sim.verbose) sim.note(name, `${port} #${nth} ${short(subject)}`);
      if (strike.crash === 'before') return crash(`before ${port} #${nth} ${short(subject)}`);
      const answer = (settle: () => void): void =>
        void sim.time.at(sim.time.now() + strike.back, () => mine.alive && settle());
      sim.time.at(sim.time.now() + strike.there, () => {
        if (!mine.alive && chanceOf(sim.schedule.seed, `flight|${port}|${nth}`) < 0.5) return;
        const outcome = outcomeOf(strike, effect);
        if (strike.error !== undefined) sim.note(name, `${port} #${nth} ${short(subject)}: ${told(strike)}`);
        if (strike.crash === 'after' && mine.alive) return crash(`after ${port} #${nth} ${short(subject)}`);
        answer(() => ('error' in outcome ? reject(outcome.error) : resolve(outcome.value)));
      });
    });

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const mine = life;
      sim.time.at(sim.time.now() + ms, () => mine.alive && resolve());
    });

  return {
    name,
    isAlive: () => life.alive,
    busy: () => tasks.size,
    call,
    run: (work, task) => {
      tasks.add(task);
      world ??= worldOf({ sim, name, number, call, sleep, send, isAlive: aliveIn(() => life) });
      work(world).then(
        () => tasks.delete(task) && task.done(),
        (error: unknown) => tasks.delete(task) && task.failed(error),
      );
    },
  };
}

function aliveIn(life: () => { readonly alive: boolean }): () => () => boolean {
  return () => {
    const mine = life();
    return () => mine.alive;
  };
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function outcomeOf<T>({ error }: Strike, effect: () => T): Outcome<T> {
  if (error !== undefined && !error.landed) return { error: error.error };
  try {
    const value = effect();
    return error === undefined ? { value } : { error: error.error };
  } catch (refused) {
    if (refused instanceof AzureError) return { error: refused };
    throw refused;
  }
}

function told({ error }: Strike): string {
  return `${error?.error.message ?? ''}${error?.landed === true ? ' (it took effect)' : ''}`;
}

function short(subject: string): string {
  return subject.startsWith('/') ? subject.split('/').slice(-2).join('/') : subject.slice(0, 60);
}

interface Means {
  readonly sim: Sim;
  readonly name: string;
  readonly number: number;
  readonly call: Calls;
  readonly sleep: (ms: number) => Promise<void>;
  readonly send: (text: string, delayMs: number) => void;
  readonly isAlive: () => () => boolean;
}

function worldOf(means: Means): World {
  const world = soundWorld(means);
  return { ...world, ...means.sim.tamper(world) };
}

function soundWorld(means: Means): World {
  const { sim, name, number, call, send } = means;
  const clock = (): number => sim.time.now() + clockOf(sim.schedule, number, sim.time.now() - sim.start);
  const now = (): string => new Date(Math.floor(clock())).toISOString();
  const stored = retried(means);
  const reader = cachedReader(
    {
      read: async (query) => {
        const readAt = now();
        const subject = query.kind === 'get' ? query.id : keyOfQuery(query);
        const value = await call('azure.read', subject, () => sim.azure.read(query));
        return { query, readAt, result: { state: 'read', value } };
      },
    },
    { now, maxAge: () => 60_000 },
  );
  return {
    settings: {
      ...settings,
      remediate: sim.schedule.remediate ? ['flow-logs'] : [],
      undoneADay: 1_000,
      driftsAnHour: 1_000,
    },
    controls: [flowLogs],
    now,
    reader,
    writer: {
      write: (action) => write(means, action),
      remove: (id) => Promise.reject(new Error(`nothing here removes ${id}`)),
    },
    locks: locksOver(sim.tables, {
      call: stored,
      clock,
      sleep: means.sleep,
      every: (ms, work) => every(means, ms, work),
      newOwner: () => `${name}-${sim.count('owner')}`,
      isRest: isStorageError,
    }),
    budget: memoryBudget(sim.tables.budget, sim.time.now),
    findings: findingsOver(sim.tables, stored),
    ledger: ledgerOver(sim.ledger, stored),
    breakers: memoryBreakers(sim.breakers),
    runs: sim.runs,
    queue: {
      send: (message, delay = 0) =>
        stored('queue.send', JSON.stringify(message.scope), () => {
          send(JSON.stringify(message), delay * 1_000);
        }),
      poison: (body, reason) => stored('queue.send', reason, () => void sim.poison.push(`${String(body)}: ${reason}`)),
      poisoned: () => Promise.resolve(sim.poison.length),
      listPoisoned: () => Promise.resolve([]),
      putBack: () => Promise.resolve({ putBack: 0, refused: [] }),
      keepPoisoned: () => Promise.resolve(0),
    },
    receipts: receiptsOver(sim.receipts, stored),
    sweeps: sweepsOver(sim.sweeps, stored),
    activityLog: {
      async *changes(_, from, to) {
        const entries = await call('azure.read', 'activity log', () =>
          sim.logged.filter(({ at }) => at >= from && at <= to),
        );
        yield* entries;
      },
    },
    canary: { write: () => Promise.resolve() },
    sentinel: {
      ingest: (announcements) =>
        call('ingest', `${announcements.length} rows`, () => {
          for (const { table, row } of announcements) {
            if (table === postureTable.name) sim.postures.push(row);
            if (table !== findingsTable.name) continue;
            sim.rows.push(row);
            sim.note(
              'sentinel',
              `${nameOf(String(row['ResourceIdText']))} ${String(row['FindingState'])} of ${String(row['TimeGenerated'])}`,
            );
          }
          return announcements;
        }),
    },
    exemptions: { read: () => Promise.resolve(noExemptions) },
    journal: ({ step, subject = '', text }) => {
      if (step !== 'seen' || sim.verbose) sim.note(name, `${step} ${short(subject)}: ${text.slice(0, 300)}`);
    },
    surroundings: surroundingsGiven(),
    inTurn: inTurns(),
    pause: means.sleep,
  };
}

/** The clients of Azure Storage try four times, a second and more apart. */
function retried({ call, sleep }: Means): Calls {
  return async <T>(port: Port, subject: string, effect: () => T): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call(port, subject, effect);
      } catch (error) {
        if (!isStorageError(error) || tries > 3) throw error;
      }
      await sleep(1_000 * 2 ** (tries - 1));
    }
  };
}

function every({ sim, isAlive }: Means, ms: number, work: () => void): () => void {
  const isStill = isAlive();
  let cancel: () => void;
  const next = (): void => {
    cancel = sim.time.at(
      sim.time.now() + ms,
      () => {
        if (!isStill()) return;
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

/** What Azure refuses breaks nothing. */
function inspected<T>(sim: Sim, action: Action, sentAt: number, put: () => T): T {
  const before = sim.broken.length;
  inspect(sim, action, sentAt);
  try {
    return put();
  } catch (error) {
    if (sim.schedule.remediate) sim.broken.length = before;
    throw error;
  }
}

const pollMs = 2_000;
const longestWrite = 300_000;

/** As `shared/azure/writer.ts`: a PUT, the polls of its operation and the client's own last GET. */
async function write({ sim, name, call, sleep }: Means, action: Action): Promise<void> {
  const { id, body } = action;
  const sentAt = sim.time.now();
  const operation = await call('azure.put', id, () => {
    const nth = sim.count('operation');
    const fate = sim.schedule.faults.find((one) => one.kind === 'operation' && one.nth === nth);
    const ends = fate?.kind === 'operation' ? fate.ends : undefined;
    const found = sim.azure.get<{ readonly provisioningState?: string }>(id);
    const isRight = found?.properties?.provisioningState !== 'Failed' && differences(body, found).length === 0;
    const accepted = inspected(sim, action, sentAt, () => sim.azure.put({ id, body, by: 'steward', ends, sentAt }));
    const changesNothing = isRight && (action.without ?? []).length === 0;
    sim.written.push({ at: sim.time.now(), id, body, changesNothing });
    if (changesNothing) sim.report('nothing written twice', action.summary);
    sim.note('azure', `takes from ${name}: ${action.summary}${ends === undefined ? '' : ` (and it ${ends})`}`);
    return accepted;
  });
  if (operation === undefined) return;
  for (let state = 'running'; state === 'running';) {
    if (sim.time.now() - sentAt > longestWrite)
      throw refusalOf({ status: 0, code: 'NoAnswer', message: 'the operation did not end in time' });
    await sleep(pollMs);
    state = await call('azure.poll', id, () => operation.state);
  }
  if (operation.state === 'failed') throw refusalOf({ status: 200, code: operation.code, message: 'it failed' });
  await call('azure.read', id, () => sim.azure.read({ kind: 'get', id }));
}
