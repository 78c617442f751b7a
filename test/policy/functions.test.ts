import { createHash } from 'node:crypto';
import { callFunction } from '../../shared/policy/compile-expression';
import { functionNamed } from '../../shared/policy/functions/function-table';
import type { Json } from '../../shared/policy/json';
import { Unknown } from '../../shared/policy/unknown';

const FAILS = Symbol('fails');

function called(name: string, args: readonly Json[]): Json | typeof FAILS {
  const found = functionNamed(name);
  if (found === undefined) throw new Error(`no function ${name}`);
  const value = callFunction(found, args);
  return value instanceof Unknown ? FAILS : value;
}

type Row = readonly [name: string, args: readonly Json[], expected: Json | typeof FAILS];

const rows: readonly Row[] = [
  ['concat', ['a', 1, true, null], 'a1True'],
  ['concat', [[1], [2, 3]], [1, 2, 3]],
  ['concat', [[1], 'a'], FAILS],
  ['concat', [], FAILS],
  ['format', ['{0}-{1}', 'a', 2], 'a-2'],
  ['format', ['{0,5}|{0,-5}|', 'ab'], '   ab|ab   |'],
  ['format', ['{{{0}}}', 'x'], '{x}'],
  ['format', ['{0:D4} {0:X} {0:F2} {0:N0}', 1234], '1234 4D2 1234.00 1,234'],
  ['format', ['{0:x}', -1], 'ffffffff'],
  ['format', ['{0:P1} {0:E2}', 0.125], '12.5 % 1.25E-001'],
  ['format', ['{0:000}', 7], '007'],
  ['format', ['{0}', { a: ['b'] }], "{'a':['b']}"],
  ['format', ['{0}'], FAILS],
  ['format', ['{0:D}', 1.5], FAILS],
  ['format', ['{', 1], FAILS],
  ['format', ['{0,999999999}', 'x'], FAILS],
  ['base64', ['héllo'], 'aMOpbGxv'],
  ['base64ToString', ['aMOpbGxv'], 'héllo'],
  ['base64ToString', ['not base64!'], FAILS],
  ['base64ToString', ['/w=='], FAILS],
  ['base64ToJson', ['eyJhIjoxfQ=='], { a: 1 }],
  ['uriComponent', ["a b/ü!'"], 'a%20b%2F%C3%BC%21%27'],
  ['uriComponentToString', ['a%20b+c'], 'a b c'],
  ['uriComponentToString', ['%zz'], FAILS],
  ['dataUri', ['Hello'], 'data:text/plain;charset=utf8;base64,SGVsbG8='],
  ['dataUri', [[1]], 'data:application/json;charset=utf8;base64,WzFd'],
  ['dataUriToString', ['data:;base64,SGVsbG8='], 'Hello'],
  ['dataUriToString', ['data:text/plain;charset=utf-8,a%20b'], 'a b'],
  ['dataUriToString', ['Hello'], FAILS],
  ['padLeft', ['42', 5, '0'], '00042'],
  ['padLeft', [42, 5], '   42'],
  ['padLeft', [null, 3, '0'], '000'],
  ['padLeft', ['long enough', 3, '0'], 'long enough'],
  ['padLeft', ['a', 17], FAILS],
  ['padLeft', ['a', 3, 'xy'], FAILS],
  ['replace', ['a-B-b', 'b', 'x'], 'a-x-x'],
  ['replace', ['a', '', 'x'], FAILS],
  ['toLower', ['ÄB'], 'äb'],
  ['toUpper', [null], ''],
  ['trim', ['  a b '], 'a b'],
  ['length', [null], 0],
  ['length', [{ a: 1, b: 2 }], 2],
  ['length', ['abc'], 3],
  ['length', [5], FAILS],
  ['empty', [''], true],
  ['empty', [[]], true],
  ['empty', [{ a: 1 }], false],
  ['empty', [null], true],
  ['split', ['a,b;c', [',', ';']], ['a', 'b', 'c']],
  ['split', ['a,b', ','], ['a', 'b']],
  ['split', ['aXbxc', 'x'], ['aXb', 'c']],
  ['split', [null, ','], []],
  ['split', ['abc', null], ['abc']],
  ['join', [['a', 'b'], '-'], 'a-b'],
  ['join', [[1], '-'], FAILS],
  ['add', [1, 2], 3],
  ['sub', [1, 2], -1],
  ['mul', [3, 4], 12],
  ['div', [-7, 2], -3],
  ['mod', [-7, 2], -1],
  ['div', [1, 0], FAILS],
  ['add', [1.5, 1], FAILS],
  ['add', ['1', 1], FAILS],
  ['mul', [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], FAILS],
  ['string', [null], ''],
  ['string', [true], 'True'],
  ['string', [{ a: [1, 'x'] }], '{"a":[1,"x"]}'],
  ['int', [' -12 '], -12],
  ['int', ['3.7'], FAILS],
  ['int', [3.7], FAILS],
  ['float', ['1e3'], 1000],
  ['float', ['x'], FAILS],
  ['bool', ['TRUE'], true],
  ['bool', [2], true],
  ['bool', ['1'], FAILS],
  ['bool', [null], FAILS],
  ['min', [3, 1.5], 1.5],
  ['max', [[3, 9, 4]], 9],
  ['max', [[]], FAILS],
  ['range', [2, 3], [2, 3, 4]],
  ['range', [0, 0], []],
  ['range', [0, 10_001], FAILS],
  ['range', [2_147_483_647, 2], FAILS],
  ['substring', ['hello', 1, 3], 'ell'],
  ['substring', ['hello', 2], 'llo'],
  ['substring', ['hello', 5], ''],
  ['substring', ['hello', 3, 3], FAILS],
  ['take', ['hello', 2], 'he'],
  ['take', [[1, 2, 3], -1], []],
  ['skip', [[1, 2, 3], 2], [3]],
  ['skip', [null, 2], null],
  ['first', [[]], null],
  ['first', [''], ''],
  ['last', ['abc'], 'c'],
  ['last', [null], null],
  ['contains', ['Hello', 'ELL'], true],
  ['contains', [['a'], 'A'], false],
  ['contains', [{ Key: null }, 'key'], true],
  ['contains', [[1, [2]], [2]], true],
  ['indexOf', ['Hello', 'L'], 2],
  ['indexOf', [[1, { a: 1 }], { a: 1 }], 1],
  ['lastIndexOf', ['abcabc', 'B'], 4],
  ['lastIndexOf', [null, 'x'], -1],
  ['startsWith', ['Hello', 'HE'], true],
  ['endsWith', ['Hello', 'LO'], true],
  [
    'intersection',
    [
      [1, 2, 2, { a: 1 }],
      [2, { a: 1 }],
    ],
    [2, { a: 1 }],
  ],
  [
    'intersection',
    [
      { a: 1, B: 2 },
      { A: 1, b: 3 },
    ],
    { a: 1 },
  ],
  ['intersection', [[1], { a: 1 }], FAILS],
  ['union', [[1, 2], [2, 3], [1]], [1, 2, 3]],
  [
    'union',
    [
      { a: { x: 1 }, b: 1 },
      { A: { y: 2 }, b: 2 },
    ],
    { a: { x: 1, y: 2 }, b: 2 },
  ],
  ['array', [[1]], [1]],
  ['array', ['a'], ['a']],
  ['createArray', [1, 'a', null], [1, 'a', null]],
  ['createArray', [], []],
  ['createObject', ['a', 1, 'b', [2]], { a: 1, b: [2] }],
  ['createObject', ['a'], FAILS],
  ['createObject', ['a', 1, 'A', 2], FAILS],
  [
    'items',
    [{ b: 1, A: 2 }],
    [
      { key: 'A', value: 2 },
      { key: 'b', value: 1 },
    ],
  ],
  ['coalesce', [null, '', 'a'], ''],
  ['coalesce', [null], null],
  ['tryGet', [{ a: { b: 1 } }, 'A', 'b'], 1],
  ['tryGet', [[1, 2], 1], 2],
  ['tryGet', [null, 'a'], null],
  ['tryGet', [{ a: 1 }, 'b', 'c'], null],
  ['tryGet', [{ a: 1 }, 'a', 'b'], FAILS],
  ['equals', ['1', 1], false],
  ['equals', ['a', 'A'], false],
  [
    'equals',
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    true,
  ],
  ['less', ['B', 'a'], true],
  ['greaterOrEquals', [2, 2], true],
  ['greater', ['2', 1], FAILS],
  ['not', [true], false],
  ['not', ['true'], FAILS],
  ['and', [true, true, false], false],
  ['or', [false], FAILS],
  ['or', [false, true], true],
  ['if', [true, 1, 2], 1],
  ['true', [], true],
  ['false', [], false],
  ['null', [], null],
  ['true', [1], FAILS],
  ['json', [`{'a': "b"}`], { a: 'b' }],
  ['json', [`{"it": 'say "yes"'}`], { it: 'say "yes"' }],
  ['json', [null], {}],
  ['json', ['{'], FAILS],
  ['uri', ['https://a.example/b/', 'c?d'], 'https://a.example/b/c?d'],
  ['uri', ['b', 'c'], FAILS],
  ['addDays', ['2024-02-28T23:59:59Z', 1], '2024-02-29T23:59:59.0000000Z'],
  ['addDays', ['2024-01-01T00:00:00.12Z', -1], '2023-12-31T00:00:00.1200000Z'],
  ['addDays', ['2024-02-30T00:00:00Z', 1], FAILS],
  ['addDays', ['2024-01-01', 1], FAILS],
  ['addDays', ['2024-01-01T00:00:00+01:00', 1], FAILS],
  ['addDays', ['9999-12-31T00:00:00Z', 1], FAILS],
  ['ipRangeContains', ['10.0.0.0/8', '10.1.2.3'], true],
  ['ipRangeContains', ['10.0.0.5/24', '10.0.0.0/25'], true],
  ['ipRangeContains', ['10.0.0.0/24', '10.0.0.0/23'], false],
  ['ipRangeContains', ['10.0.0.1-10.0.0.9', '10.0.0.2-10.0.0.9'], true],
  ['ipRangeContains', ['10.0.0.1', '10.0.0.1/32'], true],
  ['ipRangeContains', ['2001:db8::/32', '2001:db8:ffff::1'], true],
  ['ipRangeContains', ['::ffff:10.0.0.0/104', '::ffff:10.1.1.1'], true],
  ['ipRangeContains', ['10.0.0.0/8', '::1'], FAILS],
  ['ipRangeContains', ['10.0.0.9-10.0.0.1', '10.0.0.1'], FAILS],
  ['ipRangeContains', ['10.0.0.0/33', '10.0.0.1'], FAILS],
  ['ipRangeContains', ['10.0.0.256', '10.0.0.1'], FAILS],
  ['ipRangeContains', ['1:2:3:4:5:6:7:8:9', '::1'], FAILS],
  ['ipRangeContains', ['1::2::3', '::1'], FAILS],
];

const shown = (value: Json | typeof FAILS): string => (value === FAILS ? 'a failure' : JSON.stringify(value));

test.each(
  rows.map((row) => [`${row[0]}(${row[1].map((arg) => JSON.stringify(arg)).join(', ')})`, shown(row[2]), row] as const),
)('%s is %s', (_, __, [name, args, expected]) => {
  expect(called(name, args)).toEqual(expected);
});

test.each([[['a']], [['a', 'bc']], [['']], [['x'.repeat(200)]], [['é', 'ü']]])(
  'guid of %j is the UUID of version 5',
  (texts) => {
    const namespace = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');
    const hash = createHash('sha1').update(namespace).update(texts.join('-')).digest();
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const digits = hash.subarray(0, 16).toString('hex');
    expect(called('guid', texts)).toBe(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  },
);

test.each([
  ['replace', ['a'.repeat(100_000), 'a', 'b'.repeat(100_000)]],
  ['join', [Array.from({ length: 10_000 }, () => 'a'), 'b'.repeat(100_000)]],
  ['format', ['{0}'.repeat(40_000), 'b'.repeat(100_000)]],
  ['string', [Array.from({ length: 10_000 }, () => 'b'.repeat(100_000))]],
  ['concat', [Array.from({ length: 20_000 }, () => 1), Array.from({ length: 20_000 }, () => 1)]],
] satisfies [string, Json[]][])(
  '%s of values that would grow past the limits fails, and takes no memory',
  (name, args) => {
    const started = performance.now();
    expect(called(name, args)).toBe(FAILS);
    expect(performance.now() - started).toBeLessThan(1_000);
  },
);

test('keys that could reach the prototype are data like any other', () => {
  const made = called('createObject', ['__proto__', 1, 'constructor', 2]) as Record<string, Json>;
  expect(Object.keys(made)).toEqual(['__proto__', 'constructor']);
  expect(called('union', [{}, JSON.parse('{"__proto__": {"polluted": true}}') as Json])).not.toHaveProperty('polluted');
  expect(called('contains', [{}, 'toString'])).toBe(false);
  expect(called('tryGet', [{}, '__proto__'])).toBe(null);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
