import type { AliasTable } from '../../shared/policy/aliases';
import { readCaseTable, runCase } from '../../shared/policy/conformance';
import type { JsonObject } from '../../shared/policy/json';
import { readJson, readText, testWith } from './shared-files';

const FOLDER = 'policy-conformance';
const tables = new Map<string, AliasTable>();

function tableNamed(name: string): AliasTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = readCaseTable(readJson(`${FOLDER}/${name === 'azure' ? 'aliases.json' : `aliases/${name}`}`));
  tables.set(name, table);
  return table;
}

const casesIn = (file: string): readonly JsonObject[] =>
  readText(`${FOLDER}/${file}.jsonl`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);

testWith(FOLDER).each(['rules', 'samples', 'docs', 'parser', 'operators', 'functions'])(
  'every conformance case of %s.jsonl passes',
  (file) => {
    const cases = casesIn(file);
    const failures = cases.flatMap((each) => {
      const failure = runCase(each, tableNamed);
      return failure === undefined ? [] : [`${String(each['id'])}: ${failure}`];
    });
    expect(cases.length).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  },
);

const rule = { if: { field: 'a', equals: 1 }, then: { effect: 'deny' } };

test.each([
  [
    'a wrong effect',
    { rule, resource: { a: 1 }, expected: { effect: 'audit' } },
    /"audit" is expected, not nonCompliant/,
  ],
  ['an effect too many', { rule, resource: { a: 1 }, expected: { effect: null } }, /null is expected/],
  ['an effect too few', { rule, resource: {}, expected: { effect: 'deny' } }, /"deny" is expected, not compliant/],
  ['a rule that must not compile', { rule, expected: { error: 'parse' } }, /compiling must fail/],
  ['a rule that must compile', { rule: {}, expected: { compiles: true } }, /does not compile/],
  [
    'an unknown',
    { rule: { ...rule, if: { field: 'a', less: true } }, resource: { a: 1 }, expected: { effect: null } },
    /not unknown/,
  ],
  ['a table that is not there', { rule, aliases: 'nowhere.json', expected: { effect: null } }, /there is no table/],
  ['a wrong value', { function: 'add', args: [1, 2], expected: { value: 4 } }, /4 is expected, not 3/],
  ['a missing error', { function: 'add', args: [1, 2], expected: { error: true } }, /an error is expected/],
  ['an unwanted error', { function: 'add', args: [], expected: { value: 1 } }, /not the error/],
  ['an unknown function', { function: 'nothing', args: [], expected: { value: 1 } }, /there is no function nothing/],
  [
    'a wrong match',
    { operator: 'equals', left: 1, right: 2, expected: { match: true } },
    /true is expected, not false/,
  ],
  [
    'an unknown operator',
    { operator: 'nothing', left: 1, right: 2, expected: { match: true } },
    /there is no operator/,
  ],
])('a case with %s fails and says why', (_, test, expected) => {
  expect(runCase(test, () => undefined)).toMatch(expected);
});
