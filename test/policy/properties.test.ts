import fc from 'fast-check';
import { hopResolver } from '../../shared/policy/alias-hop';
import { compile } from '../../shared/policy/compile';
import { frameOf } from '../../shared/policy/compile-scope';
import { evaluate, type Evaluation } from '../../shared/policy/evaluate';
import type { Json, JsonObject } from '../../shared/policy/json';
import { operatorNamed, satisfies, type Operator } from '../../shared/policy/operators';
import { readDefinition } from '../../shared/policy/parse-definition';
import { sentenceOf } from '../../shared/policy/reasons';
import { prepare } from '../../shared/policy/subject';
import { not, Unknown, type Truth } from '../../shared/policy/unknown';
import { always, condition, INHERITED, json, nearlyDefinition, parameters, resource } from './arbitraries';
import { context, judged } from './given';

type Answer = 'true' | 'false' | 'unknown' | 'failed' | 'refused';

const answerOf = (truth: Truth): Answer => {
  if (!(truth instanceof Unknown)) return truth ? 'true' : 'false';
  return truth.final ? 'failed' : 'unknown';
};

/** The answer of the condition alone, whether or not a rule with it would apply. */
function answer(wanted: Json, on: JsonObject, given: JsonObject = {}): Answer {
  const read = readDefinition({ policyRule: { if: wanted, then: { effect: 'audit' } } });
  if (!read.ok) return 'refused';
  const subject = prepare(on);
  const rule = compile(read.definition, { resourceType: subject.type, aliases: hopResolver, parameters: given });
  return answerOf(rule.condition.test(frameOf(subject, subject, context)));
}

function operators(): readonly (readonly [Operator, Operator])[] {
  const names = ['equals', 'in', 'like', 'match', 'matchInsensitively', 'contains', 'containsKey', 'less', 'greater'];
  return names.map((name) => {
    const operator = operatorNamed(name)!;
    return [operator, operatorNamed(operator.opposite)!];
  });
}

test.each(operators().map((pair) => [pair[0].name, pair[1].name, ...pair] as const))(
  '%s is true exactly when %s is false, on any two values',
  (name, _, operator, opposite) => {
    // Nothing is neither less nor greater than anything.
    const left = /^(less|greater)/.test(name) ? json.filter((value) => value !== null) : json;
    always(2_000, fc.tuple(left, json), ([one, two]) => {
      const expected = answerOf(not(satisfies(operator, one, two)));
      expect(answerOf(satisfies(opposite, one, two))).toBe(expected);
    });
  },
);

test('exists: true and exists: false are opposites on any value, also on none', () => {
  const exists = operatorNamed('exists')!;
  always(1_000, fc.option(json, { nil: undefined }), (value) => {
    expect(satisfies(exists, value, false)).toBe(not(satisfies(exists, value, true)));
  });
});

test('not turns the answer of any condition round, and what has no answer still has none', () => {
  const turned = { true: 'false', false: 'true', unknown: 'unknown', failed: 'failed', refused: 'refused' };
  always(3_000, fc.tuple(condition, resource, parameters), ([wanted, on, given]) => {
    expect(answer({ not: wanted }, on, given)).toBe(turned[answer(wanted, on, given)]);
  });
});

test.each(['allOf', 'anyOf'])('the order of the members of %s does not matter unless one of them fails', (kind) => {
  const members = fc
    .array(condition, { minLength: 2, maxLength: 4 })
    .chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })));
  const reached = new Set<Answer>();
  always(3_000, fc.tuple(members, resource, parameters), ([[some, shuffled], on, given]) => {
    if (some.some((member) => ['failed', 'refused'].includes(answer(member, on, given)))) return;
    const expected = answer({ [kind]: some }, on, given);
    reached.add(expected);
    expect(answer({ [kind]: shuffled }, on, given)).toBe(expected);
  });
  expect([...reached].toSorted()).toEqual(['false', 'true', 'unknown']);
});

test('a failing member makes allOf fail, or has no part in it because an earlier one is false', () => {
  const fails = { value: "[int('x')]", equals: 1 };
  always(1_000, fc.tuple(condition, resource), ([wanted, on]) => {
    const alone = answer(wanted, on);
    if (alone === 'refused') return;
    expect(answer({ allOf: [wanted, fails] }, on)).toBe(alone === 'false' ? 'false' : 'failed');
    expect(answer({ allOf: [fails, wanted] }, on)).toBe('failed');
  });
});

/** Everything that the engine does with a definition, a resource and parameters. */
function outcome(definition: Json, on: Json, given: JsonObject, related: readonly Json[] = []): Evaluation | 'refused' {
  const read = readDefinition(definition);
  if (!read.ok) {
    expect(read.problems.length).toBeGreaterThan(0);
    return 'refused';
  }
  const subject = prepare(on);
  const rule = compile(read.definition, { resourceType: subject.type, aliases: hopResolver, parameters: given });
  const evaluation = evaluate(rule, subject, { ...context, related: () => related });
  if (evaluation.state === 'nonCompliant') evaluation.reasons.forEach(sentenceOf);
  return evaluation;
}

const everything = fc.tuple(nearlyDefinition, fc.oneof(resource, json), parameters, fc.array(json, { maxLength: 2 }));

test('anything is a definition that is refused or one that gives a verdict on anything; nothing is thrown', () => {
  const states = new Set<string>();
  always(10_000, everything, (given) => {
    const result = outcome(...given);
    states.add(result === 'refused' ? result : result.state);
  });
  expect([...states].toSorted()).toEqual(['compliant', 'nonCompliant', 'notApplicable', 'refused', 'unknown']);
});

test('judging changes nothing that it is given, and gives the same verdict on what cannot be changed', () => {
  always(3_000, everything, (given) => {
    const before = JSON.stringify(given);
    const first = JSON.stringify(outcome(...given));
    expect(JSON.stringify(given)).toBe(before);
    deepFreeze(given);
    expect(JSON.stringify(outcome(...given))).toBe(first);
  });
});

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.values(value).forEach(deepFreeze);
  Object.freeze(value);
}

test('keys such as __proto__ in resources, tags, parameters and rules change no object but their own', () => {
  const inherited = () =>
    Object.getOwnPropertyNames(Object.prototype).concat(Object.getOwnPropertyNames(Array.prototype));
  const before = inherited();
  always(2_000, everything, (given) => {
    outcome(...given);
    expect(inherited()).toEqual(before);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

test.each(INHERITED)('what is inherited under the name %s is not there; what is JSON is', (name) => {
  const own = Object.fromEntries([[name, 'x']]);
  always(50, resource, (on) => {
    const has = { ...on, tags: own, properties: own };
    const hasNot = { ...on, tags: {}, properties: {} };
    for (const field of [`tags['${name}']`, `properties.${name}`]) {
      expect(answer({ field, equals: 'x' }, has)).toBe('true');
      expect(answer({ field, exists: true }, hasNot)).toBe('false');
    }
    expect(answer({ field: 'tags', containsKey: name }, has)).toBe('true');
    expect(answer({ field: 'tags', containsKey: name }, hasNot)).toBe('false');
  });
  expect(answer({ value: `[parameters('${name}')]`, equals: 'x' }, {}, own)).toBe('true');
  expect(answer({ value: `[parameters('${name}')]`, equals: 'x' }, {})).toBe('unknown');
});

test('a violation has reasons, each a condition of the rule, in a sentence of one line', () => {
  let violations = 0;
  always(3_000, fc.tuple(condition, resource), ([wanted, on]) => {
    if (answer(wanted, on) !== 'true') return;
    const result = judged({ allOf: [{ field: 'type', equals: 'Microsoft.A/b' }, wanted] }, { resource: on });
    const reasons = result.state === 'nonCompliant' ? result.reasons : [];
    violations += 1;
    for (const reason of reasons) {
      expect(reason.path).toMatch(/^if\.allOf\[/);
      expect(sentenceOf(reason)).toMatch(/^[^\n]+$/);
    }
  });
  expect(violations).toBeGreaterThan(100);
});
