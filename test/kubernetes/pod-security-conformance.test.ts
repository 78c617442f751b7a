import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { standardCase, unitCase, type Expectation } from '../../shared/kubernetes/pod-security/conformance';
import type { JsonObject } from '../../shared/kubernetes/pod-security/fields';

const folder = resolve('../shared/kubernetes/pss');
const exists = existsSync(folder);
const testShared = (exists ? test : test.skip) as jest.It;
if (!exists) console.log(`skipped: ${folder} is not there`);

const textOf = (file: string): string => readFileSync(resolve(folder, file), 'utf8');

testShared('every upstream pod gets the verdict of its versions', () => {
  const { cases, count } = JSON.parse(textOf('index.json')) as {
    count: number;
    cases: { id: string; expect: Expectation[] }[];
  };
  const failures = cases.flatMap(({ id, expect }) => {
    const failure = standardCase([parse(textOf(`cases/${id}.yaml`))], expect);
    return failure === undefined ? [] : [`${id}: ${failure}`];
  });
  expect(cases).toHaveLength(count);
  expect(failures).toEqual([]);
});

testShared('every upstream case of a single check gets its answer in the same words', () => {
  const { cases, count } = JSON.parse(textOf('units.json')) as { count: number; cases: JsonObject[] };
  const failures = cases.flatMap((unit) => {
    const failure = unitCase(unit);
    return failure === undefined ? [] : [`${String(unit['source'])}: ${failure}`];
  });
  expect(cases).toHaveLength(count);
  expect(failures).toEqual([]);
});
