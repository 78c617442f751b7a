import { lineOf, recordOf } from './records';

test('a record survives its way over a line, whatever the app wrote', () => {
  const message = 'one\ntwo\r\u2028three\u2029"four"';
  const line = lineOf({ kind: 'log', level: 'information', message }, new Date(0));
  expect(line).not.toMatch(/[\n\r\u2028\u2029]/);
  expect(recordOf(line, 'stdout')).toEqual({
    kind: 'log',
    at: '1970-01-01T00:00:00.000Z',
    level: 'information',
    message,
  });
});

test.each([
  ['plain text', 'hello', 'stdout'],
  ['JSON of the app itself', '{"kind":"scope"}', 'stdout'],
  ['anything on stderr', lineOf({ kind: 'host', event: 'stopped' }, new Date(0)), 'stderr'],
] as const)('%s is output', (_, text, stream) => {
  expect(recordOf(text, stream)).toEqual({ kind: 'output', stream, text });
});
