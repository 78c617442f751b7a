import { dirname } from 'node:path';
import { file, folderOf, policy } from './given';
import { testWith } from '../policy/shared-files';

const jsonLines = (...cases: readonly object[]): string => cases.map((each) => `${JSON.stringify(each)}\n`).join('');
const rule = { if: { field: 'a', equals: 1 }, then: { effect: 'deny' } };
const passes = { id: 'passes', rule, resource: { a: 1 }, expected: { effect: 'deny' } };
const fails = { id: 'fails', rule, resource: { a: 2 }, expected: { effect: 'deny' } };

test('each file is printed with how many passed, and each failing case with what was expected and found', () => {
  const one = file('one.jsonl', jsonLines(passes, fails));
  const two = file('two.jsonl', `\uFEFF${jsonLines(passes)}\n`);
  expect(policy('conformance', one, two)).toEqual({
    code: 1,
    err: '',
    out: `${one}: 1 passed, 1 failed\n  fails: "deny" is expected, not compliant\n${two}: 1 passed, 0 failed\n`,
  });
  expect(policy('conformance', two).code).toBe(0);
});

test('a folder is all of its cases', () => {
  file('b/rules.jsonl', jsonLines(passes));
  file('a.jsonl', jsonLines(passes));
  file('aliases/x.json', {});
  const { code, out } = policy('conformance', folderOf());
  expect([code, out.match(/1 passed, 0 failed/g)?.length]).toEqual([0, 2]);
});

test('a line that is no case has failed, and the others are run', () => {
  const path = file('one.jsonl', `${jsonLines(passes)}{"id"\n[]\n`);
  const { code, out } = policy('conformance', path);
  expect(code).toBe(1);
  expect(out).toMatch(
    /: 1 passed, 2 failed\n {2}line 2: is not JSON: .*\n {2}line 3: a case is a JSON object, not an array\n$/,
  );
});

const aliased = (aliases: string) => ({
  id: 'aliased',
  rule: { if: { field: 'A.B/c/short', equals: 1 }, then: { effect: 'deny' } },
  resource: { type: 'A.B/c', long: { way: 1 } },
  aliases,
  expected: { effect: 'deny' },
});
const table = { 'A.B/c': { short: 'long.way' } };

test.each([
  ['beside the cases', 'aliases/t.json', 't.json'],
  ['in a folder above', '../aliases/t.json', 't.json'],
  ['in the one of Azure', 'aliases.json', 'azure'],
])('a table of aliases is found %s', (_, path, name) => {
  const cases = file('cases/rules.jsonl', jsonLines(aliased(name)));
  file(`cases/${path}`, table);
  expect(policy('conformance', cases).out).toContain('1 passed, 0 failed');
});

test('a table that is not there fails the case, and its name leads out of no folder', () => {
  file('t.json', table);
  const cases = file('cases/rules.jsonl', jsonLines(aliased('nowhere.json'), aliased('../../t.json')));
  expect(policy('conformance', cases).out).toContain('aliased: there is no table of aliases "nowhere.json"');
  expect(policy('conformance', cases).out).toContain('aliased: there is no table of aliases "../../t.json"');
  expect(dirname(cases)).not.toBe(folderOf());
});

testWith('policy-conformance')('all cases of the shared folder pass', () => {
  const { code, out } = policy('conformance', '../shared/policy-conformance');
  expect(out.match(/\d+ passed, 0 failed/g)).toHaveLength(6);
  expect(code).toBe(0);
});
