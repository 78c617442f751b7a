import { types } from '../../shared/flow-logging/types';
import { closedBy } from '../../shared/core/breaker';
import type { World } from '../../shared/core/ports';
import { subscriptionId } from '../given';
import { memoryReceipts } from '../memory-receipts';
import { memoryAzure, type Change } from './azure';
import { chanceOf } from './chance';
import { perform } from './deeds';
import { estateOf } from './estate';
import { host, type Host } from './host';
import { inspectState, inspectTraces } from './invariants';
import { emptyLedgers } from './ledger';
import { inspectPostures } from './postures';
import { inspectReceipts } from './receipts';
import { span, type Deed, type Schedule, type Told } from './schedule';
import { forgetRules, wish, wishForAll, type Broken, type Note, type Sim } from './sim';
import { memoryRuns } from '../memory-runs';
import { memorySweeps } from '../memory-sweeps';
import { emptyTables } from './tables';
import { timeline } from './timeline';

export interface Story {
  readonly broken: readonly Broken[];
  readonly notes: readonly Note[];
  readonly figures: Figures;
}

export interface Figures {
  readonly calls: number;
  readonly crashes: number;
  readonly writes: number;
  /** Writes after which everything was as before. */
  readonly idleWrites: number;
  readonly rows: number;
}

export interface How {
  /** Notes every call. */
  readonly verbose?: boolean;
  /** Spoils the app, to see whether that is noticed. */
  readonly tamper?: (world: World) => Partial<World>;
}

const start = Date.parse('2026-03-01T08:00:00.000Z');
const [minute, hour] = [60_000, 3_600_000];
const timerMs = 15 * minute;

/** Plays a schedule to its end and looks whether every sentence is true. */
export async function play(schedule: Schedule, how: How = {}): Promise<Story> {
  const sim = simOf(schedule, how);
  const app = host(sim);
  connect(sim, app);
  for (const one of schedule.deeds) sim.time.at(start + one.at, () => act(sim, app, one));
  await live(sim, app);
  if (!schedule.timer) {
    await rest(sim);
    inspectState(sim);
  }
  if (schedule.pause) await sim.time.runUntil(sim.time.now() + 25 * hour);
  const ticks: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    await sim.time.runUntil(sim.time.now() + timerMs);
    ticks.push(sim.time.now());
    app.tick();
    await rest(sim);
  }
  if (schedule.timer) inspectState(sim);
  inspectTraces(sim);
  inspectPostures(sim, ticks);
  await inspectReceipts(sim);
  return { broken: sim.broken, notes: sim.notes, figures: figuresOf(sim) };
}

async function live(sim: Sim, app: Host): Promise<void> {
  if (sim.schedule.timer) {
    for (let at = 0; at < span; at += timerMs) sim.time.at(start + at, () => app.tick(), 'background');
  } else {
    const receivedAt = new Date(start).toISOString();
    app.send(JSON.stringify({ scope: { kind: 'subscription', subscriptionId }, cause: 'backfill', receivedAt }), 0);
  }
  await sim.time.runUntil(start + span);
  closeBreakers(sim);
  await rest(sim);
}

/** A person has looked at what failed. */
function closeBreakers({ breakers, time, note }: Sim): void {
  for (const [name, [key, { open }]] of breakers) {
    if (open === undefined) continue;
    note('somebody', `closes the breaker: ${open.because}`);
    const closing = { at: new Date(time.now()).toISOString(), by: 'somebody', reason: 'looked at' };
    breakers.set(name, [key, closedBy(closing)]);
  }
}

async function rest(sim: Sim): Promise<void> {
  if (!(await sim.time.runToRest(sim.time.now() + 12 * hour))) sim.report('comes to rest', 'something runs for ever');
}

function simOf(schedule: Schedule, { verbose = false, tamper = () => ({}) }: How): Sim {
  const time = timeline(start);
  const counts = new Map<string, number>();
  const notes: Note[] = [];
  const broken: Broken[] = [];
  const note = (who: string, text: string): void => void notes.push({ at: time.now() - start, who, text });
  const sim: Sim = {
    schedule,
    start,
    time,
    azure: memoryAzure(time, estateOf(schedule.seed)),
    tables: emptyTables(),
    ledger: emptyLedgers(),
    breakers: new Map(),
    runs: memoryRuns().store,
    receipts: memoryReceipts(),
    logged: [],
    sweeps: memorySweeps(),
    rows: [],
    postures: [],
    poison: [],
    wishes: new Map(),
    written: [],
    broken,
    notes,
    verbose,
    tamper,
    count: (what) => {
      const count = counts.get(what) ?? 0;
      counts.set(what, count + 1);
      return count;
    },
    note,
    report: (invariant, text) => {
      note('BROKEN', `${invariant}: ${text}`);
      broken.push({ invariant, text });
    },
  };
  for (const { id } of sim.azure.ofType(types.account)) wishForAll(sim, id);
  return sim;
}

/** Azure's changes become events; what Azure replaces by a write of somebody is not our loss. */
function connect(sim: Sim, app: Host): void {
  sim.azure.onChange = (change) => {
    tell(sim, app, change, change.told ?? { copies: 1, afterMs: 200 });
  };
  sim.azure.onLogWritten = ({ properties }, { by, sentAt = 0 }) => {
    const accountId = properties?.storageId ?? '';
    forgetRules(sim, accountId, by === 'somebody' ? 0 : sentAt - 5_000);
    sim.note('azure', `replaces the lifecycle rules of ${accountId.split('/').at(-1) ?? ''}, for ${by} wrote a log`);
  };
}

function act(sim: Sim, app: Host, deed: Deed): void {
  const { azure, time } = sim;
  perform(
    {
      azure,
      time,
      wish: (accountId, rule, wanted) => {
        wish(sim, accountId, rule, wanted);
      },
      forgetRules: (accountId) => {
        forgetRules(sim, accountId);
      },
      tell: (id, kind) => {
        tell(sim, app, { id, kind, by: 'somebody' }, deed.told);
      },
      note: (text) => {
        sim.note('somebody', `${text}${deed.told.copies === 0 ? ' (its event is lost)' : ''}`);
      },
    },
    deed,
  );
}

function tell({ time, schedule, logged }: Sim, app: Host, change: Change, { copies, afterMs }: Told): void {
  const at = new Date(Math.floor(time.now())).toISOString();
  logged.push({ resourceId: change.id, operationId: `operation ${logged.length}`, at });
  for (let copy = 0; copy < copies; copy += 1) {
    const spread = copy * 2_000 * chanceOf(schedule.seed, `${change.id}|${time.now()}|${copy}`);
    time.at(time.now() + afterMs + spread, () => {
      app.deliver(change);
    });
  }
}

function figuresOf(sim: Sim): Figures {
  return {
    calls: sim.time.steps(),
    crashes: sim.notes.filter(({ text }) => text.startsWith('CRASH')).length,
    writes: sim.written.length,
    idleWrites: sim.written.filter(({ changesNothing }) => changesNothing).length,
    rows: sim.rows.length,
  };
}
