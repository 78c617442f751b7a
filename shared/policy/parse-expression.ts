/**
 * Reads the text between the outer brackets of `"[concat(parameters('a'), '/b')]"`.
 *
 *     expression := primary suffix*
 *     primary    := 'text' | number | name ( expression, … ) | true | false | null | ( expression )
 *     suffix     := .name | .?name | [ expression ] | [? expression ]
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: number }
  | { readonly kind: 'access'; readonly target: Expression; readonly key: Expression; readonly safe: boolean };

/** What stands in an expression that cannot be read, and where: the number of characters before it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Azure Policy's limits when a definition is written. */
export const EXPRESSION_LIMITS = { characters: 81_920, depth: 64, args: 128 } as const;

/** Throws an ExpressionError. */
export function parseExpression(text: string): Expression {
  const cursor: Cursor = { text, at: 0, depth: 0 };
  if (text.length > EXPRESSION_LIMITS.characters) {
    throw new ExpressionError(`an expression has at most ${EXPRESSION_LIMITS.characters} characters`, 0);
  }
  const expression = readExpression(cursor);
  skipSpace(cursor);
  if (cursor.at < text.length) throw unexpected(cursor, 'the end');
  return expression;
}

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

function readExpression(cursor: Cursor): Expression {
  if (++cursor.depth > EXPRESSION_LIMITS.depth) {
    throw new ExpressionError(`expressions nest at most ${EXPRESSION_LIMITS.depth} deep`, cursor.at);
  }
  const expression = readSuffixes(cursor, readPrimary(cursor));
  cursor.depth--;
  return expression;
}

function readSuffixes(cursor: Cursor, primary: Expression): Expression {
  let expression = primary;
  let count = 0;
  for (let suffix = readSuffix(cursor); suffix !== undefined; suffix = readSuffix(cursor)) {
    expression = { kind: 'access', target: expression, ...suffix };
    if (++count > EXPRESSION_LIMITS.depth) {
      throw new ExpressionError(`at most ${EXPRESSION_LIMITS.depth} properties follow each other`, cursor.at);
    }
  }
  return expression;
}

function readPrimary(cursor: Cursor): Expression {
  skipSpace(cursor);
  const next = cursor.text[cursor.at] ?? '';
  if (next === "'") return { kind: 'literal', value: readText(cursor) };
  if (take(cursor, '(')) return readParenthesised(cursor);
  const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
  const digits = readBy(cursor, number);
  if (digits !== undefined) return { kind: 'literal', value: Number(digits) };
  return readName(cursor);
}

function readParenthesised(cursor: Cursor): Expression {
  const inner = readExpression(cursor);
  expect(cursor, ')');
  return inner;
}

function readName(cursor: Cursor): Expression {
  const at = cursor.at;
  const name = readBy(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (name === undefined) throw unexpected(cursor, 'a text, a number or a function');
  if (take(cursor, '(')) return { kind: 'call', name, args: readArguments(cursor), at };
  const value = WORDS.get(name.toLowerCase());
  if (value === undefined) throw new ExpressionError(`${name} is neither a function call nor a text in quotes`, at);
  return { kind: 'literal', value };
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function readArguments(cursor: Cursor): readonly Expression[] {
  if (take(cursor, ')')) return [];
  const args: Expression[] = [];
  do {
    args.push(readExpression(cursor));
    if (args.length > EXPRESSION_LIMITS.args) {
      throw new ExpressionError(`a function takes at most ${EXPRESSION_LIMITS.args} arguments`, cursor.at);
    }
  } while (take(cursor, ','));
  expect(cursor, ')');
  return args;
}

function readSuffix(cursor: Cursor): { key: Expression; safe: boolean } | undefined {
  if (take(cursor, '.')) {
    const safe = take(cursor, '?');
    skipSpace(cursor);
    const value = readBy(cursor, /[A-Za-z_$][A-Za-z0-9_$-]*/y);
    if (value === undefined) throw unexpected(cursor, 'the name of a property');
    return { key: { kind: 'literal', value }, safe };
  }
  if (!take(cursor, '[')) return undefined;
  const safe = take(cursor, '?');
  const key = readExpression(cursor);
  expect(cursor, ']');
  return { key, safe };
}

/** A text in single quotes; two of them inside stand for one. */
function readText(cursor: Cursor): string {
  const start = cursor.at;
  const quoted = readBy(cursor, /'(?:[^']|'')*'/y);
  if (quoted === undefined) throw new ExpressionError('a text that begins here has no closing quote', start);
  return quoted.slice(1, -1).replaceAll("''", "'");
}

function readBy(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.at += found.length;
  return found;
}

function take(cursor: Cursor, symbol: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== symbol) return false;
  cursor.at++;
  return true;
}

function expect(cursor: Cursor, symbol: string): void {
  if (!take(cursor, symbol)) throw unexpected(cursor, `"${symbol}"`);
}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++;
}

function unexpected(cursor: Cursor, wanted: string): ExpressionError {
  const found = cursor.at < cursor.text.length ? `"${cursor.text[cursor.at] ?? ''}"` : 'the end';
  return new ExpressionError(`${wanted} is needed, not ${found}`, cursor.at);
}
