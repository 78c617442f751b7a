import { join } from 'node:path';
import { cpus, loadavg } from 'node:os';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { backfills, type BackfillOptions } from './backfill/options';
import { benchBursts } from './burst';
import { benchEvents } from './events';
import { benchJudge } from './judge';
import { benchPolicy } from './policy';
import { print } from './print';

const usage =
  'npm run bench [-- events | burst | policy | judge | backfill | cluster]: JSON lines, one a measurement; ratios count, absolute times are this machine’s';

/** A fixed piece of work, to tell how noisy the machine is: milliseconds, smallest and largest of five. */
function noise(): { readonly min: number; readonly max: number } {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 20_000_000; i += 1) sum += i % 7;
    return sum > 0 ? performance.now() - start : 0;
  });
  return { min: Math.min(...times), max: Math.max(...times) };
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  if (values.help === true) return console.log(usage);
  const wanted = positionals[0] ?? 'all';
  if (!['all', 'events', 'burst', 'policy', 'judge', 'backfill', 'cluster'].includes(wanted)) throw new Error(usage);
  const { min, max } = noise();
  print({ bench: 'machine', cpus: cpus().length, node: process.version, load: loadavg()[0], noiseRatio: max / min });
  if (wanted === 'all' || wanted === 'events') print(await benchEvents(40));
  if (wanted === 'all' || wanted === 'burst') for await (const one of benchBursts([1, 100, 1_000])) print(one);
  if (wanted === 'all' || wanted === 'policy') for (const measurement of benchPolicy()) print(measurement);
  if (wanted === 'all' || wanted === 'judge') for (const measurement of await benchJudge(5_000)) print(measurement);
  if (wanted === 'all' || wanted === 'backfill') for (const options of backfills) alone(options);
  if (wanted === 'all' || wanted === 'cluster') large();
}

/** In a process of its own, with the young generation of a small instance: where there is more memory, Node takes more. */
function large(): void {
  const flags = ['--max-semi-space-size=8'];
  const { status } = spawnSync(process.execPath, [...flags, join(__dirname, 'cluster.js')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('reading a large cluster failed');
}

/** In a process of its own, so that its memory is its own, and with no more than a small instance has. */
function alone(options: BackfillOptions): void {
  const limits = ['--max-old-space-size=192', '--max-semi-space-size=4'];
  const { status } = spawnSync(process.execPath, [...limits, join(__dirname, 'backfill.js'), JSON.stringify(options)], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`the backfill of ${JSON.stringify(options)} failed`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
