import { parseArgs } from 'node:util';
import { isKnown } from './known-defects';
import { play, type Story } from './run';
import { scheduleOf, type Profile, type Schedule } from './schedule';
import { shrunk } from './shrink';
import { invariants, type Invariant, type Note } from './sim';

const usage = `npm run chaos -- [--seed N] [--seeds COUNT] [--events N] [--profile everything|crashes] [--except SENTENCE]… [--unknown] [--shrink] [--verbose]
One JSON line for each seed that breaks a sentence, and lines that sum up; with one seed or --shrink, the story on the other output. Exit code 1 when one is broken.
--except leaves a sentence out, --unknown what known defects break; --shrink looks for the least schedule that breaks it.
Sentences: ${invariants.join('; ')}`;

interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly events: number;
  readonly profile: Profile;
  readonly except: readonly string[];
  /** Leaves out what is known. */
  readonly unknown: boolean;
  readonly shrink: boolean;
  readonly verbose: boolean;
}

function optionsFrom(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      events: { type: 'string', default: '12' },
      profile: { type: 'string', default: 'everything' },
      except: { type: 'string', multiple: true, default: [] },
      unknown: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [seed, seeds, events] = [values.seed, values.seeds, values.events].map(Number) as [number, number, number];
  const wholes = [seed, seeds, events].every((one) => Number.isInteger(one) && one >= 0);
  const knows = values.except.every((one) => invariants.includes(one as Invariant));
  const { profile } = values;
  if (values.help || !wholes || !knows || (profile !== 'everything' && profile !== 'crashes')) return undefined;
  const { except, unknown, shrink, verbose } = values;
  return { seed, seeds, events, profile, except, unknown, shrink, verbose };
}

async function main(): Promise<number> {
  const options = optionsFrom(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 2;
  }
  const began = performance.now();
  let failed = 0;
  const totals: Record<string, number> = {};
  for (let seed = options.seed; seed < options.seed + options.seeds; seed += 1) {
    const schedule = scheduleOf(seed, options.events, options.profile);
    const story = await play(schedule, { verbose: options.verbose });
    for (const [name, value] of Object.entries(story.figures)) totals[name] = (totals[name] ?? 0) + Number(value);
    const wrong = brokenIn(schedule, story, options);
    if (wrong.length === 0 && !(options.verbose && options.seeds === 1)) continue;
    if (wrong.length > 0) failed += 1;
    await tell(schedule, story, options);
  }
  const ms = Math.round(performance.now() - began);
  console.log(JSON.stringify({ ...totals, ms, msPerSeed: Math.round(ms / options.seeds) }));
  console.log(`${options.seeds - failed} seeds passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function brokenIn(schedule: Schedule, { broken }: Story, { except, unknown }: Options): Story['broken'] {
  return broken.filter((one) => !except.includes(one.invariant) && !(unknown && isKnown(schedule, one)));
}

/** The line for a machine goes to standard output, how it came to it to the other one. */
async function tell(schedule: Schedule, story: Story, options: Options): Promise<void> {
  const broken = brokenIn(schedule, story, options);
  const first = broken[0];
  const isBad = (one: Schedule, its: Story): boolean =>
    brokenIn(one, its, options).some(({ invariant }) => invariant === first?.invariant);
  const least = options.shrink && first !== undefined ? await shrunk(schedule, isBad) : schedule;
  const told = least === schedule ? story : await play(least, { verbose: options.verbose });
  console.log(JSON.stringify({ seed: schedule.seed, broken: brokenIn(least, told, options), schedule: least }));
  if (options.shrink || options.seeds === 1) for (const note of told.notes) console.error(line(note));
}

function line({ at, who, text }: Note): string {
  return `${(at / 1_000).toFixed(3)} ${who}: ${text}`;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(2);
  },
);
