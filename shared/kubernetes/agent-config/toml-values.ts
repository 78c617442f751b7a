/** What a TOML text holds. Days and times are kept as they are written. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
export type TomlTable = Map<string, TomlValue>;

/** A place in a text, which moves on as it is read. */
export interface Cursor {
  readonly text: string;
  at: number;
}

export class TomlError extends Error {
  override readonly name = 'TomlError';
}

const MAX_DEPTH = 50;

/** Throws a TomlError, like everything in this file. */
export function valueAt(cursor: Cursor, depth = 0): TomlValue {
  if (depth > MAX_DEPTH) throw new TomlError(`nests deeper than ${MAX_DEPTH} levels`);
  const sign = cursor.text[cursor.at];
  if (sign === '"' || sign === "'") return textAt(cursor);
  if (sign === '[') return listAt(cursor, depth);
  return sign === '{' ? inlineTableAt(cursor, depth) : bareAt(cursor);
}

/** The parts of a key, as `a."b.c".d`. */
export function keyAt(cursor: Cursor): readonly [string, ...string[]] {
  const parts: [string, ...string[]] = [partAt(cursor)];
  while (passed(cursor, /[ \t]*\.[ \t]*/y) !== undefined) parts.push(partAt(cursor));
  return parts;
}

function partAt(cursor: Cursor): string {
  const sign = cursor.text[cursor.at];
  if (sign === '"' || sign === "'") return singleLineAt(cursor);
  const bare = passed(cursor, /[A-Za-z0-9_-]+/y);
  if (bare === undefined) throw new TomlError('a key is wanted');
  return bare;
}

/** Moves over what matches at the place; undefined: nothing does, and it stays. */
export function passed(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  cursor.at += found?.length ?? 0;
  return found;
}

/** Blanks, comments and ends of lines. */
export function passGap(cursor: Cursor): void {
  passed(cursor, /(?:[ \t\r\n]|#[^\n]*)*/y);
}

function textAt(cursor: Cursor): string {
  const literal = passed(cursor, /'''[^]*?'''/y);
  if (literal !== undefined) return literal.slice(3, -3).replace(/^\r?\n/, '');
  const long = passed(cursor, /"""(?:[^"\\]|\\[^]|"(?!""))*"""/y);
  if (long === undefined) return singleLineAt(cursor);
  return unescaped(
    long
      .slice(3, -3)
      .replace(/^\r?\n/, '')
      .replace(/\\[ \t]*\r?\n\s*/g, ''),
  );
}

function singleLineAt(cursor: Cursor): string {
  const literal = passed(cursor, /'[^'\n]*'/y);
  if (literal !== undefined) return literal.slice(1, -1);
  const basic = passed(cursor, /"(?:[^"\\\n]|\\.)*"/y);
  if (basic === undefined) throw new TomlError('a text does not end in its line');
  return unescaped(basic.slice(1, -1));
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['"', '"'],
  ['\\', '\\'],
]);

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/g, (_, escape: string) => {
    const point = /^[uU](.+)/.exec(escape)?.[1];
    const known = point === undefined ? ESCAPES.get(escape) : characterOf(Number.parseInt(point, 16));
    if (known === undefined) throw new TomlError(`\\${escape} is no escape`);
    return known;
  });
}

const characterOf = (point: number): string | undefined =>
  point <= 0x10ffff ? String.fromCodePoint(point) : undefined;

function listAt(cursor: Cursor, depth: number): readonly TomlValue[] {
  const values: TomlValue[] = [];
  cursor.at++;
  passGap(cursor);
  while (passed(cursor, /\]/y) === undefined) {
    values.push(valueAt(cursor, depth + 1));
    passGap(cursor);
    if (passed(cursor, /,/y) === undefined && cursor.text[cursor.at] !== ']') throw new TomlError('a list has no end');
    passGap(cursor);
  }
  return values;
}

function inlineTableAt(cursor: Cursor, depth: number): TomlTable {
  const table: TomlTable = new Map();
  cursor.at++;
  passed(cursor, /[ \t]*/y);
  while (passed(cursor, /\}/y) === undefined) {
    entryInto(table, cursor, depth + 1);
    passed(cursor, /[ \t]*/y);
    if (passed(cursor, /,[ \t]*/y) === undefined && cursor.text[cursor.at] !== '}')
      throw new TomlError('a table in braces has no end');
  }
  return table;
}

/** `key = value`, put into a table. */
export function entryInto(table: TomlTable, cursor: Cursor, depth = 0): void {
  const key = keyAt(cursor);
  if (passed(cursor, /[ \t]*=[ \t]*/y) === undefined)
    throw new TomlError(`= and a value are wanted after ${key.join('.')}`);
  const value = valueAt(cursor, depth);
  const last = key.at(-1) ?? '';
  const inner = key.slice(0, -1).reduce(tableIn, table);
  if (inner.has(last)) throw new TomlError(`${key.join('.')} is set twice`);
  inner.set(last, value);
}

/** The table of a name in a table, made when there is none; of a list of tables, its last. */
export function tableIn(table: TomlTable, name: string): TomlTable {
  const found = table.get(name);
  const inner = Array.isArray(found) ? (found as readonly TomlValue[]).at(-1) : found;
  if (inner instanceof Map) return inner;
  if (found !== undefined) throw new TomlError(`${name} is a value and cannot be a table, too`);
  const made: TomlTable = new Map();
  table.set(name, made);
  return made;
}

function bareAt(cursor: Cursor): TomlValue {
  const word = passed(cursor, /[^\s,\]}#]+(?: \d\d:\d\d[^\s,\]}#]*)?/y) ?? '';
  if (word === 'true' || word === 'false') return word === 'true';
  if (/^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(word)) return word;
  const digits = word.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  if (/^[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(digits)) return Number(digits);
  if (/^0x[0-9a-fA-F]+$|^0o[0-7]+$|^0b[01]+$/.test(digits)) return Number(digits);
  if (/^[+-]?(inf|nan)$/.test(word))
    return word.endsWith('nan') ? Number.NaN : Number(`${word.replace('inf', 'Infinity')}`);
  throw new TomlError(word === '' ? 'a value is wanted' : `${word.slice(0, 40)} is no value: texts stand in quotes`);
}
