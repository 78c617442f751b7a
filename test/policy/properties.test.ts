import { hopResolver } from '../../shared/policy/alias-hop';
import { compile } from '../../shared/policy/compile';
import { frameOf } from '../../shared/policy/compile-scope';
import { operatorNamed, satisfies } from '../../shared/policy/operators';
import type { Json, JsonObject } from '../../shared/policy/json';
import { readDefinition } from '../../shared/policy/parse-definition';
import { prepare } from '../../shared/policy/subject';
import { not, Unknown } from '../../shared/policy/unknown';
import { context, judged } from './given';

/** A small generator with a seed, so that a failure can be repeated. */
function randomFrom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T;
  return {
    next,
    pick,
    many: <T>(most: number, make: () => T): T[] => Array.from({ length: Math.floor(next() * (most + 1)) }, make),
  };
}

type Random = ReturnType<typeof randomFrom>;

const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'b*',
  '*',
  '#',
  '?',
  '10',
  'true',
  'Straße',
  'STRASSE',
  '[[x]',
  '[',
  ']',
  '__proto__',
];

function anyJson(random: Random, depth = 3): Json {
  const scalar = (): Json => random.pick<Json>([null, true, false, 0, 1, -1.5, 10, ...TEXTS]);
  if (depth === 0 || random.next() < 0.5) return scalar();
  if (random.next() < 0.5) return random.many(3, () => anyJson(random, depth - 1));
  return Object.fromEntries(
    random.many(3, () => [random.pick(['a', 'B', 'name', 'x', '__proto__']), anyJson(random, depth - 1)]),
  );
}

const OPERATORS = [
  'equals',
  'in',
  'like',
  'match',
  'matchInsensitively',
  'contains',
  'containsKey',
  'less',
  'greater',
  'exists',
];
const FIELDS = [
  'fullName',
  'type',
  'tags.a',
  "tags['B']",
  'properties.a',
  'properties.a[*]',
  'properties.a[*].x',
  'properties.B[*].a[*]',
  'id',
  'location',
];
const EXPRESSIONS = [
  "[field('name')]",
  "[length(field('properties.a[*]'))]",
  "[concat('a', field('name'))]",
  "[int(field('name'))]",
  '[current()]',
  "[first(field('properties.a[*]'))]",
];

function anyCondition(random: Random, depth = 3): JsonObject {
  const kind =
    depth === 0 ? random.pick(['field', 'value']) : random.pick(['field', 'value', 'allOf', 'anyOf', 'not', 'count']);
  if (kind === 'allOf' || kind === 'anyOf') return { [kind]: random.many(3, () => anyCondition(random, depth - 1)) };
  if (kind === 'not') return { not: anyCondition(random, depth - 1) };
  const operator = random.pick(OPERATORS);
  const right = operator === 'exists' ? random.next() < 0.5 : anyJson(random, 1);
  if (kind === 'count') {
    return {
      count: {
        field: random.pick(['properties.a[*]', 'properties.B[*].a[*]']),
        where: anyCondition(random, depth - 1),
      },
      [operator]: right,
    };
  }
  const value = random.next() < 0.5 ? random.pick(EXPRESSIONS) : anyJson(random, 1);
  const left = kind === 'field' ? random.pick(FIELDS) : value;
  return { [kind]: left, [operator]: right };
}

const anyResource = (random: Random): JsonObject => ({
  type: 'a/b',
  name: random.pick(TEXTS),
  tags: anyJson(random),
  properties: {
    a: random.many(3, () => anyJson(random)),
    B: random.many(2, () => ({ a: random.many(2, () => anyJson(random)) })),
  },
});

const seeds = Array.from({ length: 2_000 }, (_, index) => index + 1);

/** The answer of the condition alone, whether or not a rule with it would apply. */
function answer(condition: JsonObject, resource: JsonObject): string {
  const read = readDefinition({ policyRule: { if: condition, then: { effect: 'audit' } } });
  if (!read.ok) return 'refused';
  const subject = prepare(resource);
  const rule = compile(read.definition, { resourceType: subject.type, aliases: hopResolver });
  const truth = rule.condition.test(frameOf(subject, subject, context));
  return truth instanceof Unknown ? 'unknown' : String(truth);
}

test('the negation of an operator is its negation on any two values', () => {
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const operator = operatorNamed(
      random.pick(OPERATORS.filter((name) => !['exists', 'less', 'greater'].includes(name))),
    );
    const opposite = operatorNamed(operator?.opposite ?? '');
    if (operator === undefined || opposite === undefined) throw new Error('every operator has an opposite');
    const [left, right] = [anyJson(random), anyJson(random)];
    const [one, other] = [satisfies(operator, left, right), satisfies(opposite, left, right)];
    expect([seed, typeof other === 'boolean' ? other : 'unknown']).toEqual([
      seed,
      typeof one === 'boolean' ? not(one) : 'unknown',
    ]);
  }
});

test('not turns the answer of any condition round, and unknown stays unknown', () => {
  const turned: Record<string, string> = { true: 'false', false: 'true', unknown: 'unknown', refused: 'refused' };
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const [condition, resource] = [anyCondition(random), anyResource(random)];
    expect([seed, answer({ not: condition }, resource)]).toEqual([seed, turned[answer(condition, resource)]]);
  }
});

test('the order of members does not matter, unless one of them fails', () => {
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const members = random.many(4, () => anyCondition(random, 2));
    const resource = anyResource(random);
    if (members.some((member) => !['true', 'false'].includes(answer(member, resource)))) continue;
    const kind = random.pick(['allOf', 'anyOf']);
    expect([seed, answer({ [kind]: members }, resource)]).toEqual([
      seed,
      answer({ [kind]: members.toReversed() }, resource),
    ]);
  }
});

test('any condition on any resource has an answer, always the same, and changes nothing', () => {
  const counts: Record<string, number> = {};
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const [condition, resource] = [anyCondition(random, 4), anyResource(random)];
    const before = JSON.stringify([condition, resource]);
    const first = answer(condition, resource);
    expect([seed, answer(condition, resource)]).toEqual([seed, first]);
    expect(JSON.stringify([condition, resource])).toBe(before);
    counts[first] = (counts[first] ?? 0) + 1;
  }
  expect(Object.keys(counts).toSorted()).toEqual(['false', 'refused', 'true', 'unknown']);
});

test('a violation has reasons, and each reason is a condition that could turn the verdict', () => {
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const [condition, resource] = [anyCondition(random), anyResource(random)];
    if (answer(condition, resource) !== 'true') continue;
    const result = judged({ allOf: [{ field: 'type', equals: 'a/b' }, condition] }, { resource });
    const paths = result.state === 'nonCompliant' ? result.reasons.map(({ path }) => path) : [];
    expect([seed, paths.every((path) => path.startsWith('if'))]).toEqual([seed, true]);
  }
});
