import { compile } from '../../shared/policy/compile';
import { hopResolver } from '../../shared/policy/alias-hop';
import { evaluate } from '../../shared/policy/evaluate';
import type { Json, JsonObject } from '../../shared/policy/json';
import { readDefinition } from '../../shared/policy/parse-definition';
import { prepare } from '../../shared/policy/subject';
import { cluster, context, holds, judged, problemsOf } from './given';

const parse = (text: string): Json => JSON.parse(text) as Json;

/** What takes longer has no bound that a person would accept. */
function within<T>(milliseconds: number, action: () => T): T {
  const started = performance.now();
  const result = action();
  expect(performance.now() - started).toBeLessThan(milliseconds);
  return result;
}

test('a rule of ten megabytes is refused quickly', () => {
  const condition = {
    allOf: Array.from({ length: 150_000 }, (_, index) => ({ field: `tags.t${index}`, equals: 'x'.repeat(20) })),
  };
  expect(within(3_000, () => problemsOf(condition))).toEqual(['if.allOf[4096]: a rule has at most 4096 conditions']);
});

test('a list of ten megabytes is compiled and looked up', () => {
  const list = Array.from({ length: 500_000 }, (_, index) => `name-${index}-xxxxxxxx`);
  expect(within(3_000, () => holds({ field: 'name', in: [...list, 'AKS-1'] }))).toBe(true);
});

test('conditions and values that nest too deep are refused, not followed', () => {
  const conditions = parse(`${'{"not":'.repeat(5_000)}{"field":"name","equals":1}${'}'.repeat(5_000)}`);
  expect(problemsOf(conditions)[0]).toMatch(/conditions nest at most 128 deep/);
  const values = parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  expect(problemsOf({ field: 'name', equals: values })[0]).toMatch(/values nest at most 128 deep/);
});

test('a resource that nests deep can be read, and what is past the limits is unknown', () => {
  const deep = parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as JsonObject;
  expect(holds({ field: 'properties', exists: true }, { resource: { ...cluster, properties: deep } })).toBe(true);
  const condition = { value: "[string(field('properties'))]", equals: 'x' };
  expect(holds(condition, { resource: { ...cluster, properties: deep } })).toMatch(/^evaluation-failed/);
});

test('a parameter past the limits is unknown where it is used', () => {
  const deep = parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  expect(holds({ field: 'name', equals: "[parameters('p')]" }, { parameters: { p: deep } })).toMatch(
    /^evaluation-failed/,
  );
});

test('counts of counts over long arrays end', () => {
  const members = Array.from({ length: 3_000 }, (_, index) => ({ v: index }));
  const resource = { type: 'a/b', x: members, y: members };
  const inner = { count: { field: 'y[*]', where: { field: 'y[*].v', greater: -1 } }, greater: 5_000 };
  const condition = { count: { field: 'x[*]', where: inner }, greater: 0 };
  expect(within(10_000, () => holds(condition, { resource }))).toMatch(
    /^evaluation-failed: the evaluation was stopped/,
  );
});

test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty'])('the key %s is data like any other', (key) => {
  const polluted = parse(
    `{"type":"a/b","tags":{"${key}":"x"},"${key}":{"admin":true},"properties":{"${key}":{"a":1}}}`,
  );
  expect(holds({ field: `tags['${key}']`, equals: 'x' }, { resource: polluted })).toBe(true);
  expect(holds({ field: `${key}.admin`, equals: true }, { resource: polluted })).toBe(true);
  expect(holds({ field: 'tags', containsKey: key }, { resource: polluted })).toBe(true);
  expect(holds({ field: `tags['${key}']`, exists: true })).toBe(false);
  const parameters = parse(`{"${key}":"x"}`) as JsonObject;
  expect(holds({ value: `[parameters('${key}')]`, equals: 'x' }, { parameters })).toBe(true);
  expect(holds({ value: `[parameters('${key}')]`, equals: 'x' })).toMatch(/^parameter-missing/);
  const rule = parse(`{"field":"name","equals":"x","${key}":1}`);
  expect(problemsOf(rule)).toEqual([`if: ${key} is not an operator that Azure Policy has`]);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

const anything: readonly Json[] = [
  null,
  true,
  0,
  '',
  'text',
  [],
  [[]],
  {},
  { properties: null },
  { type: 1, id: 2, tags: 3 },
];

test.each(anything.map((value) => [JSON.stringify(value), value] as const))(
  '%s is a resource that can be judged',
  (_, value) => {
    const condition = {
      anyOf: [
        { field: 'Microsoft.X/y/a[*].b', equals: 1 },
        { field: 'tags.x', equals: 1 },
        { field: 'fullName', equals: 1 },
      ],
    };
    expect(['compliant', 'nonCompliant']).toContain(judged(condition, { resource: value }).state);
  },
);

test.each(anything.map((value) => [JSON.stringify(value), value] as const))('%s is not a definition', (_, value) => {
  expect(readDefinition(value).ok).toBe(false);
  expect(readDefinition({ policyRule: value }).ok).toBe(false);
});

test('judging changes neither the resource nor the definition', () => {
  const frozen = deepFreeze(structuredClone(cluster));
  const rule = deepFreeze({
    mode: 'All',
    policyRule: {
      if: {
        count: {
          field: 'properties.agentPoolProfiles[*]',
          where: { value: "[union(field('tags'), createObject('a', 1)).a]", equals: 1 },
        },
        equals: 2,
      },
      then: { effect: 'audit' },
    },
  });
  const read = readDefinition(rule);
  if (!read.ok) throw new Error('the definition is fine');
  const compiled = compile(read.definition, { resourceType: frozen.type, aliases: hopResolver });
  expect(evaluate(compiled, prepare(frozen), context).state).toBe('nonCompliant');
});

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
