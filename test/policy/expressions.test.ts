import { ExpressionError, parseExpression } from '../../shared/policy/parse-expression';
import { context, holds, judged, problemsOf, valueOf } from './given';

test.each([
  ["concat('it''s', ' ', 'here')", "it's here"],
  ['add(-1, 5)', 4],
  ['if(true, 1, 0)', 1],
  ['if(TRUE(), 1, 0)', 1],
  ['coalesce(null, false)', false],
  ["createObject('a', createArray(1, 2)).A[1]", 2],
  ["createObject('a', 1).?b", null],
  ["createObject('a', 1)[?'b']", null],
  ['(add(1, (2)))', 3],
  [" toUpper ( 'x' ) ", 'X'],
  ["TOLOWER('X')", 'x'],
  ["createObject('my-key', 1)['my-key']", 1],
  ["createObject('k', 1)[concat('', 'k')]", 1],
])('%s is %j', (expression, expected) => {
  expect(valueOf(expression)).toEqual(expected);
});

test.each([
  ["parameters('x'", 14],
  ["concat('a' 'b')", 11],
  ["concat('a',)", 11],
  ["'open", 0],
  ['concat(', 7],
  ['name', 0],
  ["concat('a'))", 11],
  ['a.b', 0],
  ['createArray(1)[0', 16],
  ['', 0],
])('%s cannot be read, from character %i on', (text, at) => {
  const error = caught(() => parseExpression(text));
  expect(error).toBeInstanceOf(ExpressionError);
  expect((error as ExpressionError).at).toBe(at);
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test('a definition whose expression cannot be read says where', () => {
  expect(problemsOf({ value: "[parameters('x']", equals: 'a' })).toEqual([
    `if.value: ")" is needed, not the end, at character 16 of [parameters('x']`,
  ]);
});

test.each([
  ['deep', `${'not('.repeat(64)}true${')'.repeat(64)}`],
  ['long', `concat('${'x'.repeat(82_000)}')`],
  ['wide', `concat(${Array.from({ length: 129 }, () => '1').join(',')})`],
  ['long in its suffixes', `field('a')${'.a'.repeat(100)}`],
])('an expression that is too %s is refused', (_, text) => {
  expect(problemsOf({ value: `[${text}]`, equals: 1 })).toHaveLength(1);
});

test.each([
  ["[dateTimeAdd(utcNow(), 'P1D')]", 'if.value: dateTimeAdd() is not allowed in a policy rule'],
  ["[listKeys('x')]", 'if.value: listKeys() is not allowed in a policy rule'],
  ["[resourceId('x', 'y')]", 'if.value: resourceId() is not allowed in a policy rule'],
  ['[frobnicate()]', 'if.value: Azure Policy has no function frobnicate()'],
  ['[constructor()]', 'if.value: Azure Policy has no function constructor()'],
  ["[current('x')]", 'if.value: current() has a meaning only in the where of a count'],
])('%s is refused when it is read', (value, problem) => {
  expect(problemsOf({ value, equals: 'x' })).toEqual([problem]);
});

test.each([
  ['[[literal]', "'[literal]'"],
  ['[]', "'[]'"],
  ['[not closed', "'[not closed'"],
])('the text %s is literal', (text, expression) => {
  expect(
    holds(
      { value: `[equals(${expression}, parameters('p'))]`, equals: true },
      { parameters: { p: expression.slice(1, -1) } },
    ),
  ).toBe(true);
  expect(holds({ value: text, equals: `[${expression}]` })).toBe(true);
});

test('if, and, or evaluate no more than they must', () => {
  expect(valueOf("if(true(), 'yes', int(field('name')))")).toBe('yes');
  expect(valueOf("if(true(), 'yes', int('x'))")).toBe('yes');
  expect(valueOf("or(true(), bool('x'))")).toBe(true);
  expect(valueOf("and(equals(field('name'), 'other'), bool(int(field('name'))))")).toBe(false);
  expect(valueOf("or(equals(field('name'), 'aks-1'), bool(int(field('name'))))")).toBe(true);
  expect(valueOf("if(field('name'), 1, 2)")).toMatch(/evaluation-failed: true or false is needed/);
});

test.each([
  ["parameters('Given')", 'value'],
  ['resourceGroup().name', 'rg-app'],
  ['resourceGroup().tags.env', 'prod'],
  ["resourceGroup().tags['nothing']", ''],
  ['resourceGroup().nothing.deeper', ''],
  ['resourceGroup().?nothing', null],
  ['subscription().subscriptionId', '11111111-1111-1111-1111-111111111111'],
  ['requestContext().apiVersion', '2024-05-01'],
  ['policy().assignmentId', '/a'],
  ['utcNow()', '2026-03-01T12:00:00.0000000Z'],
  ["field('name')", 'aks-1'],
  ["field('tags').environment", 'Production'],
  ["field(concat('na', 'me'))", 'aks-1'],
  [`field(concat('tags[', parameters('tag'), ']'))`, 'Production'],
  ["field('nothing')", ''],
])('%s gives %j', (expression, expected) => {
  expect(valueOf(expression, { parameters: { given: 'value', tag: 'environment' } })).toEqual(expected);
});

test.each([
  ["parameters('absent')", {}, /^parameter-missing: the parameter absent/],
  ['resourceGroup().name', {}, /^context-missing: resourceGroup\(\)/],
  ['utcNow()', {}, /^context-missing/],
  ["uniqueString('a')", context, /^unpredictable/],
  ["int('abc')", context, /^evaluation-failed: int\(\): "abc" is not a whole number/],
  ["createObject('a', 1).b", context, /^evaluation-failed: .* has no member "b"/],
  ['createArray(1)[1]', context, /^evaluation-failed/],
  ['createArray(1)[-1]', context, /^evaluation-failed/],
  ['null().a', context, /^evaluation-failed/],
  ["toLower('a', 'b')", context, /^evaluation-failed: toLower\(\) does not take 2 arguments/],
])('%s is unknown and says why', (expression, world, expected) => {
  expect(valueOf(expression, { world })).toMatch(expected);
});

test('an unknown names its place in the rule', () => {
  const condition = {
    allOf: [
      { field: 'name', exists: true },
      { field: 'name', equals: "[string(int('abc'))]" },
    ],
  };
  expect(problemsOf(condition)).toEqual([]);
  expect(judged(condition)).toMatchObject({ state: 'unknown', unknown: { path: 'if.allOf[1].equals' } });
});
