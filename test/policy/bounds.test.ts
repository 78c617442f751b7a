import fc from 'fast-check';
import { hopResolver } from '../../shared/policy/alias-hop';
import { readAliasTable, tableResolver } from '../../shared/policy/aliases';
import { readAssignment } from '../../shared/policy/assignments';
import { compile } from '../../shared/policy/compile';
import { callFunction } from '../../shared/policy/compile-expression';
import { frameOf } from '../../shared/policy/compile-scope';
import { runCase } from '../../shared/policy/conformance';
import { readExemption } from '../../shared/policy/exemptions';
import { functionNamed } from '../../shared/policy/functions/function-table';
import { assignedPolicies } from '../../shared/policy/judge-assigned';
import type { Json, JsonObject } from '../../shared/policy/json';
import { readDefinition } from '../../shared/policy/parse-definition';
import { likeTest, matchTest } from '../../shared/policy/patterns';
import { prepare } from '../../shared/policy/subject';
import { Unknown } from '../../shared/policy/unknown';
import { always, condition, json, nearlyDefinition, parameters, resource, text } from './arbitraries';
import { context, problemsOf } from './given';

/** An evaluation ends after five million steps of work; the last one may be large. */
const MOST_WORK = 5_050_000;

interface Worked {
  readonly work: number;
  readonly answer: boolean | 'unknown';
  readonly reasons: number;
}

/** The steps of work that the answer of a condition takes, and how many reasons there are for it. */
function worked(wanted: Json, on: Json, given: JsonObject = {}): Worked {
  const read = readDefinition({ policyRule: { if: wanted, then: { effect: 'audit' } } });
  if (!read.ok) return { work: 0, answer: 'unknown', reasons: 0 };
  const subject = prepare(on);
  const rule = compile(read.definition, { resourceType: subject.type, aliases: hopResolver, parameters: given });
  const frame = frameOf(subject, subject, context);
  const truth = rule.condition.test(frame);
  const { work } = frame;
  if (truth instanceof Unknown) return { work, answer: 'unknown', reasons: 0 };
  const rested = frameOf(subject, subject, context);
  const reasons = rule.condition.explain(rested, truth).length;
  return { work: Math.max(work, rested.work), answer: truth, reasons };
}

test('any small condition on any small resource takes few steps', () => {
  always(3_000, fc.tuple(condition, resource, parameters), ([wanted, on, given]) => {
    expect(worked(wanted, on, given).work).toBeLessThan(20_000);
  });
});

/** Counts inside counts over arrays of the resource: the worst that a rule can do. */
const nestedCounts = fc
  .tuple(fc.array(fc.constantFrom('x[*]', 'y[*]', 'z[*].inner[*]'), { minLength: 1, maxLength: 12 }), fc.boolean())
  .map(([fields, negated]) => {
    const last: JsonObject = negated ? { not: { field: 'name', equals: '-' } } : { field: 'name', exists: false };
    return fields.reduce<JsonObject>((where, field) => ({ count: { field, where }, greater: 0 }), last);
  });

const members = (count: number): readonly Json[] => Array.from({ length: count }, (_, v) => ({ v, text: `t${v}` }));

test('counts inside counts over arrays of any length end after a bounded number of steps, and with few reasons', () => {
  const size = fc.constantFrom(1, 5, 50, 3_000);
  const answers = new Set<unknown>();
  always(30, fc.tuple(nestedCounts, size, size), ([wanted, long, wide]) => {
    const z = Array.from({ length: 3 }, () => ({ inner: members(2) }));
    const result = worked(wanted, { type: 'a/b', x: members(long), y: members(wide), z });
    answers.add(result.answer);
    expect(result.work).toBeLessThan(MOST_WORK);
    expect(result.reasons).toBeLessThan(200);
  });
  expect([...answers]).toEqual(expect.arrayContaining(['unknown', true]));
});

const long = 'x'.repeat(100_000);

test.each<readonly [string, JsonObject, Json]>([
  ['compares a long text', { field: 'y', equals: `${long}z` }, long],
  ['looks for a pattern in a long text', { field: 'y', like: '*a*b*' }, long],
  ['looks for a member of a long array', { field: 'y', contains: 'z' }, members(3_000)],
  ['looks for a key of a large object', { field: 'y', containsKey: 'z' }, { ...members(3_000) }],
  ['compares deeply', { field: 'y', equals: members(2_999) }, members(3_000)],
  [
    'calls a function on a large value',
    { value: "[length(union(field('y'), field('y')))]", equals: 0 },
    members(3_000),
  ],
  ['writes a large value as text', { value: "[string(field('y'))]", equals: 0 }, members(3_000)],
])('a count whose every round %s is stopped, because size counts as work', (_, where, y) => {
  const wanted = { count: { field: 'x[*]', where }, greater: 3_000 };
  expect(worked(wanted, { type: 'a/b', x: members(3_000), y })).toMatchObject({ answer: 'unknown' });
  expect(worked(wanted, { type: 'a/b', x: members(3_000), y: 'short' }).work).toBeLessThan(MOST_WORK);
});

const few = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '#', '.', '1', 'é'), maxLength: 10 });

test('like finds what its definition says: a star is any run of characters', () => {
  always(20_000, fc.tuple(few, few), ([pattern, found]) => {
    expect([pattern, found, likeTest(pattern)(found)]).toEqual([pattern, found, isLike(pattern, found)]);
  });
});

/** The definition itself, letter by letter. */
function isLike(pattern: string, found: string): boolean {
  if (pattern === '') return found === '';
  if (pattern[0] !== '*') return pattern[0] === found[0] && isLike(pattern.slice(1), found.slice(1));
  return isLike(pattern.slice(1), found) || (found !== '' && isLike(pattern, found.slice(1)));
}

test('match finds what its definition says: a sign of the pattern for every character', () => {
  const classes: Record<string, RegExp> = { '#': /^\p{Nd}$/u, '?': /^\p{L}$/u, '.': /^.$/su };
  always(20_000, fc.tuple(few, few), ([pattern, found]) => {
    const [signs, characters] = [[...pattern], [...found]];
    const expected =
      signs.length === characters.length &&
      signs.every((sign, at) => classes[sign]?.test(characters[at] ?? '') ?? sign === characters[at]);
    expect([pattern, found, matchTest(pattern)(found)]).toEqual([pattern, found, expected]);
  });
});

test('patterns made to be tried again and again are tried once', () => {
  const piece = fc.constantFrom('*a', '*aa', '*a*', '**aaa', '*a*aa');
  const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => `${pieces.join('').repeat(500)}*b*a`);
  const found = 'a'.repeat(50_000);
  const started = performance.now();
  always(100, pattern, (each) => {
    expect(likeTest(each)(found)).toBe(false);
    expect(matchTest(each)(found)).toBe(false);
  });
  // Trying again would take longer than the age of the universe.
  expect(performance.now() - started).toBeLessThan(10_000);
});

const FUNCTIONS = (
  'add addDays and array base64 base64ToJson base64ToString bool coalesce concat contains createArray createObject ' +
  'dataUri dataUriToString div empty endsWith equals false first float format greater greaterOrEquals guid if indexOf ' +
  'int intersection ipRangeContains items join json last lastIndexOf length less lessOrEquals max min mod mul not null ' +
  'or padLeft range replace skip split startsWith string sub substring take toLower toUpper trim true tryGet union uri ' +
  'uriComponent uriComponentToString'
).split(' ');

test('every function of the language gives a value or a failure for any arguments, and changes none of them', () => {
  const odd = fc.oneof(
    json,
    text,
    fc.constantFrom<Json>('::1/64', '1.2.3.4-1.2.3.9', '{0,-5:F2}', "{'a': 'b'}", 'data:,%', '2026-02-30T00:00:00Z'),
    fc.constantFrom<Json>(2 ** 53, -(2 ** 63), 1e308, '-9223372036854775808', 'eyJhIjoxfQ==', '%', '\ud800'),
  );
  always(20_000, fc.tuple(fc.constantFrom(...FUNCTIONS), fc.array(odd, { maxLength: 4 })), ([name, args]) => {
    const called = functionNamed(name)!;
    const before = JSON.stringify(args);
    const value = callFunction(called, args);
    expect(value instanceof Unknown ? value.kind : typeof value).not.toBe('undefined');
    expect(JSON.stringify(args)).toBe(before);
  });
});

test.each([
  ['float', `${'1'.repeat(131_000)}x`],
  ['json', `'${"\\'".repeat(65_000)}`],
  ['json', `"${'\\"'.repeat(65_000)}`],
  ['json', '['.repeat(131_000)],
  ['dataUriToString', `data:${';'.repeat(131_000)}`],
])('%s reads a text that never ends right in one go', (name, given) => {
  const started = performance.now();
  expect(callFunction(functionNamed(name)!, [given])).toBeInstanceOf(Unknown);
  expect(performance.now() - started).toBeLessThan(1_000);
});

/** Ways in which expressions and rules nest, with the deepest that is accepted. */
const NESTED: readonly (readonly [string, number, (depth: number) => JsonObject])[] = [
  ['calls', 63, (depth) => valued(`${'not('.repeat(depth)}true()${')'.repeat(depth)}`)],
  ['parentheses', 63, (depth) => valued(`${'('.repeat(depth)}true()${')'.repeat(depth)}`)],
  ['keys in keys', 63, (depth) => valued(`${'createArray(1)['.repeat(depth)}0${']'.repeat(depth)}`)],
  ['properties', 64, (depth) => valued(`field('tags')${'.a'.repeat(depth)}`)],
  ['indexes', 64, (depth) => valued(`field('tags')${'[0]'.repeat(depth)}`)],
  ['nots', 127, (depth) => around<JsonObject>((inner) => ({ not: inner }), depth, { field: 'name', equals: 'a' })],
  [
    'members of allOf',
    127,
    (depth) => around<JsonObject>((inner) => ({ allOf: [inner] }), depth, { field: 'name', equals: 'a' }),
  ],
  ['arrays', 128, (depth) => ({ field: 'name', equals: around<Json>((inner) => [inner], depth, 'a') })],
  ['objects', 128, (depth) => ({ field: 'name', equals: around<Json>((inner) => ({ a: inner }), depth, 'a') })],
];

const valued = (expression: string): JsonObject => ({ value: `[${expression}]`, equals: true });

function around<T>(wrap: (inner: T) => T, depth: number, core: T): T {
  let value = core;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

test.each(NESTED)('%s nest up to %i deep and are refused from there on, however deep', (_, limit, nested) => {
  always(60, fc.oneof(fc.integer({ min: 1, max: 2 * limit }), fc.constantFrom(1_000, 4_000)), (depth) => {
    const problems = problemsOf(nested(depth));
    expect([depth, problems.length > 0]).toEqual([depth, depth > limit]);
    for (const problem of problems) expect(problem.length).toBeLessThan(3_000);
  });
});

test('any text in brackets is an expression or a problem with a place', () => {
  const token = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    "'",
    ',',
    '.',
    '?',
    ' ',
    '1',
    '-',
    'e',
    'a',
    'field',
    'if',
    "'a'",
    '"',
  );
  const written = fc.oneof(
    fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join('')),
    fc.string(),
  );
  always(10_000, written, (inside) => {
    for (const problem of problemsOf({ value: `[${inside}]`, equals: 1 })) expect(problem).toMatch(/^if\.value: ./);
  });
});

test('anything can stand for a conformance case', () => {
  const named = fc.record({ function: json, operator: json }, { requiredKeys: [] });
  const rest = { definition: nearlyDefinition, parameters: json, resource: json, aliases: json, expected: json };
  const test = fc.tuple(named, fc.record({ ...rest, context: json, related: json, args: json }, { requiredKeys: [] }));
  always(3_000, fc.tuple(test, json), ([[first, second], table]) => {
    const failure = runCase({ ...first, ...second } as JsonObject, () => readAliasTable(table));
    expect(typeof (failure ?? '')).toBe('string');
  });
});

test('anything can stand for assignments, exemptions, initiatives and tables of aliases', () => {
  const scope = fc.constantFrom('/', '/subscriptions/s');
  const definitionId = fc.constantFrom('/policyDefinitions/d', '/policySetDefinitions/s');
  const assignment = fc.tuple(
    scope,
    definitionId,
    fc.object({ key: fc.constantFrom('resourceSelectors', 'overrides') }),
  );
  const initiative = fc.array(json, { maxLength: 2 }).map((some) => ({ properties: { policyDefinitions: some } }));
  const given = fc.tuple(assignment, json, fc.oneof(json, initiative), nearlyDefinition, resource);
  always(3_000, given, ([[under, policyDefinitionId, more], anything, set, definition, on]) => {
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.A/b/c';
    const policies = assignedPolicies({
      assignments: [
        readAssignment({ properties: { ...(more as JsonObject), scope: under, policyDefinitionId } }),
        readAssignment(anything),
      ],
      exemptions: [readExemption(anything)],
      catalogue: { definitionOf: () => definition, initiativeOf: () => set as Json },
      aliases: tableResolver(readAliasTable(anything)),
    });
    const placement = { id, type: 'Microsoft.A/b', location: undefined, managementGroups: [] };
    const { verdicts } = policies.judge(prepare({ ...on, id }), placement, { ...context, related: () => [] });
    for (const { verdict } of verdicts) expect(typeof verdict.state).toBe('string');
  });
});
