import { hasSetting, withSetting } from '../../shared/kubernetes/agent-config/edit';
import { parseToml } from '../../shared/kubernetes/agent-config/toml';

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
};

test.each([
  ['a = 1', { a: 1 }],
  ['a = -1_000 # comment', { a: -1000 }],
  ['a = 95.5\nb = 1e3\nc = 0xff', { a: 95.5, b: 1000, c: 255 }],
  ['a = true\r\nb = false\r\n', { a: true, b: false }],
  ['a = "x \\"y\\" \\t \\u00e9 #"', { a: 'x "y" \t é #' }],
  ["a = 'C:\\temp'", { a: 'C:\\temp' }],
  ['a = """\nx\ny \\\n   z"""', { a: 'x\ny z' }],
  ["a = '''\nx'y'''", { a: "x'y" }],
  ['a = [1, 2,\n # comment\n 3,\n]', { a: [1, 2, 3] }],
  ['a = ["x", ["y"]]', { a: ['x', ['y']] }],
  ['a = []', { a: [] }],
  ['a.b."c.d" = 1', { a: { b: { 'c.d': 1 } } }],
  ['a = { b = 1, c.d = "e" }', { a: { b: 1, c: { d: 'e' } } }],
  ['[a]\nb = 1\n[a.c]\nd = 2', { a: { b: 1, c: { d: 2 } } }],
  ['[a.b]\nc = 1\n[a]\nd = 2', { a: { b: { c: 1 }, d: 2 } }],
  ['[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3', { a: [{ b: 1 }, { b: 2, c: { d: 3 } }] }],
  ['  [ a . b ] # comment\n  c=1', { a: { b: { c: 1 } } }],
  ['a = 2026-01-01 10:00:00', { a: '2026-01-01 10:00:00' }],
  ['', {}],
])('%j is %j', (text, expected) => {
  expect(plain(parseToml(text))).toEqual(expected);
});

test.each([
  ['[a\n', 'line 1: the name of the table a has no ]'],
  ['a = 1\nb\n', 'line 2: = and a value are wanted after b'],
  ['a = 1\na = 2', 'line 2: a is set twice'],
  ['[a]\n[a]', 'line 2: the table a stands there twice'],
  ['a = 1\n[a]', 'line 2: a is a value and cannot be a table, too'],
  ['a = "x', 'line 1: a text does not end in its line'],
  ['a = [1, 2', 'line 1: a list has no end'],
  ['a = { b = 1', 'line 1: a table in braces has no end'],
  ['a = yes', 'line 1: yes is no value: texts stand in quotes'],
  ['a = ', 'line 1: a value is wanted'],
  ['a = 1 b = 2', 'line 1: the line goes on after what it sets'],
  ['a = "\\q"', 'line 1: \\q is no escape'],
  [`a = ${'['.repeat(100_000)}`, 'line 1: nests deeper than 50 levels'],
  ['= 1', 'line 1: a key is wanted'],
])('%j is refused', (text, message) => {
  expect(() => parseToml(text)).toThrow(expect.objectContaining({ name: 'TomlError', message }));
});

test('a megabyte of what could go wrong is read in no time', () => {
  const started = performance.now();
  expect(() => parseToml(`a = """${'\\"'.repeat(500_000)}`)).toThrow('a text does not end');
  expect(() => parseToml('x'.repeat(2_000_000))).toThrow('are read at most');
  expect(() => parseToml(`${'#\n'.repeat(500_000)}a`)).toThrow('line 500001');
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('a key that is called __proto__ is a key', () => {
  expect([...parseToml('[__proto__]\na = 1').keys()]).toEqual(['__proto__']);
});

test('a setting is changed in its line, added to its table, or added with its table', () => {
  expect(withSetting('[a]\n  b = 1\n[c]\n', 'a', 'b', '2')).toBe('[a]\n  b = 2\n[c]\n');
  expect(withSetting('  [a]\n    x = 1\n', 'a', 'b', '2')).toBe('  [a]\n     b = 2\n    x = 1\n');
  expect(withSetting('[a]\n', 'a.c', 'b', '"x"')).toBe('[a]\n   [a.c]\n      b = "x"\n');
  expect(withSetting('[a]\nb = 2 # kept\n', 'a', 'b', '2')).toBe('[a]\nb = 2 # kept\n');
});

test('whether a setting came to be is told by what the text means', () => {
  expect(hasSetting('a = { b = 2 }', 'a', 'b', '2')).toBe(true);
  expect(hasSetting('a = { b = 1 }', 'a', 'b', '2')).toBe(false);
  expect(hasSetting('[a', 'a', 'b', '2')).toBe(false);
});
