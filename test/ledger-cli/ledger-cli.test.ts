import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../shared/ledger-cli/run';
import { subscriptionId } from '../given';
import { begun, changeIn, ended, linesOf } from '../store/given-changes';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

interface Printed {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function ledger(...args: readonly string[]): Promise<Printed> {
  const [out, err]: string[][] = [[], []];
  const own = (): never => {
    throw new Error('the own storage was asked for');
  };
  const code = await run(args, own, { print: (line) => out!.push(line), complain: (line) => err!.push(line) });
  return { code, out: out!, err: err! };
}

const other = subscriptionId.replace(/^1/, '2');
const [one, two, three] = [1, 2, 3].map((number) => changeIn(subscriptionId, number));
const lines = linesOf([begun(one!), ended(one!), begun(two!), ended(two!, 'refused'), begun(three!)]);

function putBoth(): void {
  put(`${subscriptionId}/000001.jsonl`, lines.slice(0, 2).join(''));
  put(`${subscriptionId}/000002.jsonl`, lines.slice(2).join(''));
  put(`${other}/000001.jsonl`, linesOf([begun(changeIn(other, 1)), ended(changeIn(other, 1), 'interrupted')]).join(''));
}

describe('verify', () => {
  test('has a line for each chain and one for all, and ends with 0', async () => {
    putBoth();
    expect(await ledger('verify', '--folder', folder)).toEqual({
      code: 0,
      out: [
        `${subscriptionId}: 5 lines, 3 changes: 1 proved, 1 refused, 0 unproved, 0 interrupted, 1 no end`,
        `${other}: 2 lines, 1 change: 0 proved, 0 refused, 0 unproved, 1 interrupted, 0 no end`,
        '7 lines in 2 chains, every hash follows from the one before',
      ],
      err: [],
    });
  });

  test('checks the chain of one subscription when asked, however its id is spelled', async () => {
    putBoth();
    put(`${subscriptionId}/000001.jsonl`, 'spoilt');
    const { code, out } = await ledger('verify', '--folder', folder, '--subscription', other.toUpperCase());
    expect([code, out.at(-1)]).toEqual([0, '2 lines in 1 chain, every hash follows from the one before']);
  });

  test('tells each fault with segment and line, and ends with 1', async () => {
    putBoth();
    put(`${subscriptionId}/000001.jsonl`, lines.slice(0, 2).join('').replace('number 1', 'number 9'));
    put(`${other}/000003.jsonl`, '');
    const { code, out } = await ledger('verify', '--folder', folder);
    expect(code).toBe(1);
    expect(out).toEqual([
      `  ${subscriptionId}/000001.jsonl, line 1: its hash is not that of its content`,
      expect.stringMatching(/^1.* 5 lines, 3 changes/),
      expect.stringMatching(/^2.* 2 lines, 1 change/),
      `  ${other}/000002.jsonl is missing`,
      '7 lines in 2 chains, 2 faults',
    ]);
  });

  test('takes a last line that is cut off for a fault', async () => {
    put(`${subscriptionId}/000001.jsonl`, lines.join('').slice(0, -1));
    const { code, out } = await ledger('verify', '--folder', folder);
    expect([code, out[0]]).toEqual([1, `  ${subscriptionId}/000001.jsonl, line 5: it is cut off`]);
  });
});

describe('list', () => {
  test('prints each change with its fields and its end, newest last', async () => {
    putBoth();
    const { code, out } = await ledger('list', '--folder', folder, '--subscription', subscriptionId);
    expect(code).toBe(0);
    expect(out.slice(0, 5)).toEqual([
      '2026-03-01T08:00:00.001Z  proved  flow-logs: repair flow log number 1',
      `  ${one!.resourceId}`,
      `  change ${one!.changeId}, for finding f1 (event)`,
      '    properties.enabled: false → true',
      '2026-03-01T08:00:00.002Z  refused  flow-logs: repair flow log number 2',
    ]);
    expect(out).toContain('  refused: it was refused');
    expect(out.filter((line) => line.startsWith('2026')).at(-1)).toMatch(/no end {2}flow-logs: .* number 3$/);
  });

  test('leaves out what is older than --since, and sorts over all chains', async () => {
    putBoth();
    const late = changeIn(other, 2);
    put(`${other}/000001.jsonl`, linesOf([begun(changeIn(other, 1)), begun(late)]).join(''));
    const { out } = await ledger('list', '--folder', folder, '--since', '2026-03-01T09:00:00.002+01:00');
    expect(out.filter((line) => line.startsWith('2026')).map((line) => line.slice(-1))).toEqual(['2', '2', '3']);
  });

  test('tells faults as it reads, and ends with 1', async () => {
    put(`${subscriptionId}/000001.jsonl`, lines.toSpliced(1, 1).join(''));
    const { code, out, err } = await ledger('list', '--folder', folder);
    expect(code).toBe(1);
    expect(err).toEqual([expect.stringMatching(/line 2: it is number 3 after number 1/)]);
    expect(out.filter((line) => line.startsWith('2026'))).toHaveLength(3);
  });

  test('tells who asked for a change and what it takes back', async () => {
    const why = { ...one!.why, cause: 'revert', by: 'ada', runId: 'r1', reverts: one!.changeId } as const;
    put(`${subscriptionId}/000001.jsonl`, linesOf([begun(changeIn(subscriptionId, 4, { why }))]).join(''));
    expect((await ledger('list', '--folder', folder)).out).toContainEqual(
      expect.stringMatching(/finding f1 \(revert\), in run r1, asked for by ada, takes back change 1/),
    );
  });
});

describe('wrong use is told in one line and ends with 2', () => {
  test.each([
    ['no command', [], /no command is given; verify or list is wanted/],
    ['an unknown command', ['repair'], /there is no command repair/],
    ['an unknown option', ['verify', '--verbose'], /--verbose/],
    ['an option without its value', ['verify', '--folder'], /--folder/],
    ['a file without an option', ['verify', 'a.jsonl'], /a\.jsonl/],
    ['no subscription', ['verify', '--subscription', 'mine'], /--subscription is "mine"; the GUID/],
    ['no time', ['list', '--since', 'yesterday'], /--since is "yesterday"; a time as 2026-03-01/],
    ['a time that is none', ['list', '--since', '2026-13-01'], /--since is "2026-13-01"/],
    ['a time for verify', ['verify', '--since', '2026-03-01'], /verify takes no --since/],
    ['a folder that is not there', ['verify', '--folder', '/nowhere/at/all'], /there is no such folder/],
    ['a file as folder', ['verify', '--folder', __filename], /is a file; a folder is wanted/],
    ['a folder without a chain', ['verify', '--folder', __dirname], /there is no chain in it/],
  ])('%s', async (_, args, text) => {
    const { code, out, err } = await ledger(...args);
    expect([code, out, err]).toEqual([2, [], [expect.stringMatching(text)]]);
    expect(err[0]).toMatch(/^ledger: /);
  });

  test('a subscription that has no chain', async () => {
    putBoth();
    const { code, err } = await ledger('verify', '--folder', folder, '--subscription', other.replace(/^2/, '3'));
    expect([code, err]).toEqual([2, [expect.stringMatching(/there is no chain of subscription 3/)]]);
  });
});

test.each([
  [['--help'], /verify .*\n.*list /],
  [['verify', '--help'], /Exit code: 0 no fault, 1 faults, 2 wrong use/],
  [['list', '-h'], /--since TIME/],
])('%j tells how it is used', async (args, text) => {
  const { code, out } = await ledger(...args);
  expect(code).toBe(0);
  expect(out.join('\n')).toMatch(text);
});

test('the built program reads a folder without any setting, and names the setting that it needs without a folder', () => {
  putBoth();
  const program = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['dist/ledger.js', ...args], { encoding: 'utf8', env: {} });
  expect(program('verify', '--folder', folder)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/7 lines in 2 chains, every hash follows/) as string,
    stderr: '',
  });
  expect(program('verify')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^ledger: setting AzureWebJobsStorage__accountName is missing[^\n]*\n$/) as string,
  });
});
