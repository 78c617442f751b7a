import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SettingsError } from '../../shared/core/errors';
import type { World } from '../../shared/core/ports';
import { run } from '../../shared/doctor-cli/run';
import { controls, allGranted, healthy, provider, without } from '../doctor/given';
import { subscription, subscriptionId } from '../given';
import { memoryWorld, refusal } from '../memory-world';

interface Printed {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function doctor(args: readonly string[], worldOf: () => World): Promise<Printed> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(args, worldOf, { print: (line) => out.push(line), complain: (line) => err.push(line) });
  return { code, out, err };
}

const right = (): World => memoryWorld([...healthy, ...allGranted], {}, controls);
const insights = `${subscription}/providers/Microsoft.Insights`;
const wrong = (): World =>
  memoryWorld([...without(insights), provider('Microsoft.Insights', 'NotRegistered'), ...allGranted], {}, controls);

test('a deployment in which nothing is wrong ends with 0 and a line for each check', async () => {
  const { code, out, err } = await doctor([], right);
  expect([code, err]).toEqual([0, []]);
  expect(out).toContain('✔ settings          settings: each of them is there and understood');
  expect(out.at(-1)).toMatch(/^\d+ right \(0 with something to do soon\), 0 wrong, 0 unknown, 1 not applicable$/);
  expect(out.some((line) => line.includes('do: '))).toBe(false);
});

test('what is wrong is followed by what was wanted and what to do, and ends with 2', async () => {
  const { code, out } = await doctor([], wrong);
  expect(code).toBe(2);
  const at = out.findIndex((line) => line.startsWith('✖ providers'));
  expect(out[at]).toContain('Microsoft.Insights is NotRegistered');
  expect(out[at + 1]).toMatch(/^ +wanted: every provider/);
  expect(out[at + 2]).toMatch(/^ +do: az provider register --namespace Microsoft.Insights/);
});

test('what is unknown ends with 2, too', async () => {
  const world = right();
  const { code, out } = await doctor([], () => ({
    ...world,
    surroundings: { ...world.surroundings, nodeVersion: '99.1.0' },
  }));
  expect(code).toBe(2);
  expect(out.find((line) => line.startsWith('? runtime'))).toContain('how long Node.js 99 is supported');
});

test('what is right and needs something soon is marked, and ends with 0', async () => {
  const world = right();
  const late = { ...world, now: () => '2027-01-01T08:00:00.000Z' };
  const gaps = async () => ({ since: '', watermark: '2027-01-01T07:40:00.000Z', missed: 0, perHour: {}, last: [] });
  const surroundings = { ...world.surroundings, nodeVersion: '22.15.0', gaps };
  const { code, out } = await doctor([], () => ({ ...late, surroundings }));
  expect(code).toBe(0);
  const at = out.findIndex((line) => line.startsWith('! runtime'));
  expect(out[at + 1]).toMatch(/^ +do: deploy the app with Node.js 24/);
});

test('--json prints the report and nothing else', async () => {
  const { code, out } = await doctor(['--json'], wrong);
  expect(code).toBe(2);
  expect(JSON.parse(out.join('\n'))).toMatchObject({ healthy: false, summary: { wrong: 1, unknown: 0 } });
});

test('settings that are wrong are a check with each complaint on a line of its own', async () => {
  const { code, out } = await doctor([], () => {
    throw new SettingsError('setting ONE is missing\nsetting TWO is "x"');
  });
  expect(code).toBe(2);
  expect(out[0]).toBe('✖ settings  settings: setting ONE is missing');
  expect(out[1]).toBe('            setting TWO is "x"');
  expect(out[3]).toMatch(/do: set what is named/);
});

test('a bug is thrown', async () => {
  const broken = (): never => {
    throw new TypeError('a bug');
  };
  await expect(doctor([], broken)).rejects.toThrow('a bug');
});

test.each([
  [['--what'], "Unknown option '--what' (--help tells more)"],
  [['now'], "Unexpected argument 'now' (--help tells more)"],
  [['--subscription', 'other'], `--subscription is other; one of ${subscriptionId} is needed`],
])('%s is wrong use and ends with 1', async (args, text) => {
  expect(await doctor(args, right)).toEqual({ code: 1, out: [], err: [expect.stringContaining(text)] });
});

test('where nobody is signed in it cannot run, and ends with 1', async () => {
  const world = memoryWorld(healthy, {}, controls);
  world.azure.refuse = () => refusal('CredentialUnavailableError', 0);
  const { code, out, err } = await doctor([], () => world);
  expect([code, out]).toEqual([1, []]);
  expect(err).toEqual([expect.stringContaining('nobody is signed in who could read Azure (az login)')]);
});

test('where Azure refuses all the same it runs, and everything is unknown', async () => {
  const world = memoryWorld(healthy, {}, controls);
  world.azure.refuse = () => refusal('AuthorizationFailed');
  const { code, out } = await doctor([], () => world);
  expect(code).toBe(2);
  expect(out.some((line) => line.startsWith('? providers'))).toBe(true);
});

test('--subscription looks at one that is kept', async () => {
  const { code } = await doctor(['--subscription', subscriptionId.toUpperCase()], right);
  expect(code).toBe(0);
});

test('--help tells the exit codes and asks nothing', async () => {
  const { code, out } = await doctor(['--help'], () => {
    throw new Error('it was asked');
  });
  expect(code).toBe(0);
  expect(out.join('\n')).toContain('Exit code: 0 all right, 1 it cannot run, 2 something is wrong or unknown.');
});

test('the program without any setting says which ones are missing', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(__dirname, '../../dist/doctor.js')], {
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stdout).toContain('✖ settings');
  expect(stdout).toContain('setting SUBSCRIPTION_IDS is missing');
  expect(stdout).toContain('setting LOGS_INGESTION_RULE_ID is missing');
});
