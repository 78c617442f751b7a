import { startApply, startPlan } from '../../../shared/pipeline/run-start';
import { statusOf } from '../../../shared/pipeline/run-status';
import { subscriptionId } from '../../given';
import { print } from '../print';
import type { BackfillOptions } from './options';
import { simulation, type Simulation } from './simulation';

/**
 * A backfill from its plan to the end of its application, with the app's own line, runs, limits policy and budget. Azure,
 * the queue and the tables are simulated, and so is the clock: a thousand networks take minutes of it and a moment of ours.
 */
async function benchBackfill(options: BackfillOptions): Promise<object> {
  const { subscriptions, networks, regions, instances } = options;
  const subscriptionIds = Array.from({ length: subscriptions }, (_, number) => idOf(number));
  const sim = simulation({ subscriptionIds, networks, regions }, instances);
  const cpu = process.cpuUsage();
  const rssAtStart = process.memoryUsage.rss();
  try {
    const plan = await measured(sim, async () => (await startPlan(sim.world, {})).id);
    const apply = await measured(sim, async () => (await startApply(sim.world, plan.id)).id);
    const { user, system } = process.cpuUsage(cpu);
    const total = subscriptions * networks;
    const perSubscription = apply.networkWrites / subscriptions;
    const boundSeconds = writeBound(perSubscription);
    return {
      bench: 'backfill',
      ...{ subscriptions, networks: total, regions, instances },
      planned: plan.planned,
      changed: apply.changed,
      flowLogs: sim.cloud.flowLogs(),
      writes: apply.writes,
      simulatedSeconds: apply.seconds,
      boundSeconds,
      ...(boundSeconds >= span && { ratio: apply.seconds / boundSeconds }),
      planSeconds: plan.seconds,
      answered429: plan.answered429 + apply.answered429,
      callsPerNetwork: (plan.calls + apply.calls) / total,
      callsPerNetworkToPlan: plan.calls / total,
      cpuMsPerNetwork: (user + system) / 1_000 / total,
      // All instances together, the simulated Azure and tables included; at the start, what Node and the code take.
      rssMb: sim.peakRss() / 1_048_576,
      rssMbAtStart: rssAtStart / 1_048_576,
    };
  } finally {
    sim.close();
  }
}

const [mostInASpan, span] = [1_000, 300];
const [bucket, perSecond] = [200, 10];

/**
 * The least seconds in which Azure lets through so many writes of Microsoft.Network in one subscription, from the first to
 * the last: a thousand in each span of five minutes, and what is left as fast as Resource Manager's bucket allows.
 */
function writeBound(writes: number): number {
  const spans = Math.max(0, Math.ceil(writes / mostInASpan) - 1);
  const rest = writes - spans * mostInASpan;
  return spans * span + Math.max(0, rest - bucket) / perSecond;
}

interface Measured {
  readonly id: string;
  readonly seconds: number;
  readonly calls: number;
  readonly writes: number;
  readonly networkWrites: number;
  readonly answered429: number;
  readonly planned: number;
  readonly changed: number;
}

/** A run from its start to its end. Throws when something of it failed. */
async function measured(sim: Simulation, start: () => Promise<string>): Promise<Measured> {
  const before = { ...sim.tally };
  const from = sim.time.now();
  const starting = start();
  await sim.rest();
  const id = await starting;
  const run = await inTime(sim, () => sim.world.runs.get(id));
  if (run?.state !== 'done') throw new Error(`run ${id} is ${run?.state ?? 'gone'}`);
  const { planned, changed, failed, blocked } = await inTime(sim, () => statusOf(sim.world, run));
  if (failed + blocked > 0) throw new Error(`of run ${id} ${failed} failed and ${blocked} are blocked`);
  const { calls, writes, networkWrites, answered429 } = sim.tally;
  return {
    id,
    seconds: (Date.parse(run.finishedAt ?? '') - from) / 1_000,
    calls: calls - before.calls,
    writes: writes - before.writes,
    networkWrites: networkWrites - before.networkWrites,
    answered429: answered429 - before.answered429,
    planned,
    changed,
  };
}

/** Nothing answers while the simulated clock stands still. */
async function inTime<T>(sim: Simulation, question: () => Promise<T>): Promise<T> {
  const asked = question();
  await sim.rest();
  return asked;
}

function idOf(number: number): string {
  return number === 0 ? subscriptionId : `${String(number).padStart(8, '0')}-2222-4333-8444-555555555555`;
}

benchBackfill(JSON.parse(process.argv[2] ?? '') as BackfillOptions).then(print, (error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
