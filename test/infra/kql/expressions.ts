import type { Syntax } from './kusto';
import { functions } from './functions';
import {
  compare,
  dateOf,
  equals,
  hasTerm,
  keyOf,
  negated,
  numberOf,
  Span,
  textOf,
  type Row,
  type Value,
} from './values';

/** What is known beside the row. */
export interface Scope {
  readonly now: Date;
  /** Values of `let`. */
  readonly scalars: ReadonlyMap<string, Value>;
  /** The first column of the first row of a table expression. */
  readonly scalarOf: (table: Syntax) => Value;
}

/** Where a row keeps when it was ingested; no column has this name. */
export const ingestedAt = '\u0000ingested';

type Evaluator = (node: Syntax, row: Row, scope: Scope) => Value;

/** The value of an expression on a row. Throws on what is not supported. */
export function evaluate(node: Syntax, row: Row, scope: Scope): Value {
  const evaluator = evaluators[node.kind];
  if (evaluator === undefined) throw new Error(`${node.kind} is not supported: ${node.text}`);
  return evaluator(node, row, scope);
}

const left: Evaluator = (node, row, scope) => evaluate(node.child('Left'), row, scope);
const right: Evaluator = (node, row, scope) => evaluate(node.child('Right'), row, scope);

const texts =
  (test: (a: string, b: string) => boolean): Evaluator =>
  (node, row, scope) =>
    test(textOf(left(node, row, scope)), textOf(right(node, row, scope)));

const ordered =
  (test: (order: number) => boolean): Evaluator =>
  (node, row, scope) => {
    const order = compare(left(node, row, scope), right(node, row, scope));
    return order === undefined ? null : test(order);
  };

const among =
  (normal: (value: Value) => Value, wanted: boolean): Evaluator =>
  (node, row, scope) => {
    const values = node
      .child('Right')
      .list('Expressions')
      .flatMap((one) => {
        const value = evaluate(one, row, scope);
        return Array.isArray(value) ? (value as readonly Value[]) : [value];
      });
    const key = keyOf(normal(left(node, row, scope)));
    return values.some((value) => keyOf(normal(value)) === key) === wanted;
  };

const lower = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);
const same = (value: Value): Value => value;
const fold = (text: string): string => text.toLowerCase();

function between(node: Syntax, row: Row, scope: Scope): boolean | null {
  const [value, couple] = [left(node, row, scope), node.child('Right')];
  const from = compare(value, evaluate(couple.child('First'), row, scope));
  const to = compare(value, evaluate(couple.child('Second'), row, scope));
  return from === undefined || to === undefined ? null : from >= 0 && to <= 0;
}

const evaluators: Readonly<Record<string, Evaluator>> = {
  NameReference: ({ name }, row, { scalars }) => {
    const value = name in row ? row[name] : scalars.get(name);
    if (value === undefined) throw new Error(`there is no column ${name}`);
    return value;
  },
  ParenthesizedExpression: (node, row, scope) => evaluate(node.child('Expression'), row, scope),
  SimpleNamedExpression: (node, row, scope) => evaluate(node.child('Expression'), row, scope),
  StringLiteralExpression: (node) => node.literal,
  LongLiteralExpression: (node) => numberIn(node.text),
  IntLiteralExpression: (node) => numberIn(node.text),
  RealLiteralExpression: (node) => numberIn(node.text),
  BooleanLiteralExpression: (node) => node.text === 'true',
  TimespanLiteralExpression: (node) => spanOf(node.text),
  DateTimeLiteralExpression: (node) => dateOf(/^datetime\((.*)\)$/.exec(node.text)?.[1] ?? ''),
  DynamicExpression: (node) => JSON.parse(/^dynamic\((.*)\)$/s.exec(node.text)?.[1] ?? '') as Value,
  UnaryMinusExpression: (node, row, scope) => {
    const value = evaluate(node.child('Expression'), row, scope);
    return value === null ? null : likewise(value, -numberOf(value));
  },
  AddExpression: (node, row, scope) => sum(left(node, row, scope), right(node, row, scope), 1),
  SubtractExpression: (node, row, scope) => sum(left(node, row, scope), right(node, row, scope), -1),
  MultiplyExpression: (node, row, scope) => {
    const [a, b] = [left(node, row, scope), right(node, row, scope)];
    if (a === null || b === null) return null;
    const product = numberOf(a) * numberOf(b);
    return a instanceof Span || b instanceof Span ? new Span(product) : product;
  },
  DivideExpression: (node, row, scope) => quotient(node, left(node, row, scope), right(node, row, scope)),
  AndExpression: (node, row, scope) => {
    const [a, b] = [left(node, row, scope), right(node, row, scope)];
    if (a === false || b === false) return false;
    return a === null || b === null ? null : true;
  },
  OrExpression: (node, row, scope) => {
    const [a, b] = [left(node, row, scope), right(node, row, scope)];
    if (a === true || b === true) return true;
    return a === null || b === null ? null : false;
  },
  EqualExpression: (node, row, scope) => equals(left(node, row, scope), right(node, row, scope)),
  NotEqualExpression: (node, row, scope) => negated(equals(left(node, row, scope), right(node, row, scope))),
  LessThanExpression: ordered((order) => order < 0),
  LessThanOrEqualExpression: ordered((order) => order <= 0),
  GreaterThanExpression: ordered((order) => order > 0),
  GreaterThanOrEqualExpression: ordered((order) => order >= 0),
  BetweenExpression: between,
  NotBetweenExpression: (node, row, scope) => negated(between(node, row, scope)),
  EqualTildeExpression: texts((a, b) => fold(a) === fold(b)),
  BangTildeExpression: texts((a, b) => fold(a) !== fold(b)),
  InExpression: among(same, true),
  NotInExpression: among(same, false),
  InCsExpression: among(lower, true),
  NotInCsExpression: among(lower, false),
  HasExpression: texts(hasTerm),
  NotHasExpression: texts((a, b) => !hasTerm(a, b)),
  HasAnyExpression: (node, row, scope) => {
    const text = textOf(left(node, row, scope));
    return node
      .child('Right')
      .list('Expressions')
      .some((one) => {
        const value = evaluate(one, row, scope);
        const terms = Array.isArray(value) ? (value as readonly Value[]) : [value];
        return terms.some((term) => hasTerm(text, textOf(term)));
      });
  },
  ContainsExpression: texts((a, b) => fold(a).includes(fold(b))),
  NotContainsExpression: texts((a, b) => !fold(a).includes(fold(b))),
  StartsWithExpression: texts((a, b) => fold(a).startsWith(fold(b))),
  NotStartsWithExpression: texts((a, b) => !fold(a).startsWith(fold(b))),
  EndsWithExpression: texts((a, b) => fold(a).endsWith(fold(b))),
  MatchesRegexExpression: texts((a, b) => new RegExp(b).test(a)),
  PathExpression: (node, row, scope) =>
    member(evaluate(node.child('Expression'), row, scope), node.child('Selector').name),
  ElementExpression: (node, row, scope) => {
    const index = node.child('Selector').child('Expression');
    return member(evaluate(node.child('Expression'), row, scope), evaluate(index, row, scope));
  },
  FunctionCallExpression: call,
  ToScalarExpression: (node, _row, scope) => scope.scalarOf(node.child('Expression')),
};

/** Some functions look at only some of their arguments, or at the clock. */
function call(node: Syntax, row: Row, scope: Scope): Value {
  const name = node.child('Name').name;
  const given = node.child('ArgumentList').list('Expressions');
  const value = (index: number): Value => {
    const expression = given[index];
    return expression === undefined ? null : evaluate(expression, row, scope);
  };
  switch (name) {
    case 'now':
      return scope.now;
    case 'ago':
      return sum(scope.now, value(0), -1);
    case 'ingestion_time':
      return row[ingestedAt] ?? null;
    case 'iff':
    case 'iif':
      return value(0) === true ? value(1) : value(2);
    case 'case': {
      const match = given.findIndex((_, index) => index % 2 === 0 && index < given.length - 1 && value(index) === true);
      return value(match === -1 ? given.length - 1 : match + 1);
    }
    default: {
      const known = functions[name];
      if (known === undefined) throw new Error(`function ${name} is not supported`);
      return known(...given.map((_, index) => value(index)));
    }
  }
}

function member(value: Value, key: Value): Value {
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Span) return null;
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    const index = Number(key);
    return list[index < 0 ? list.length + index : index] ?? null;
  }
  return (value as Readonly<Record<string, Value>>)[textOf(key)] ?? null;
}

/** `long(null)` is a null. */
function numberIn(text: string): number | null {
  if (/^\w+\(null\)$/.test(text)) return null;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`number ${text} is not supported`);
  return value;
}

const spanUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanOf(text: string): Span {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = spanUnits[unit];
  if (ms === undefined) throw new Error(`time span ${text} is not supported`);
  return new Span(Number(count) * ms);
}

function likewise(value: Value, number: number): Value {
  return value instanceof Span ? new Span(number) : number;
}

/** Two times differ by a span; a time and a span make a time. */
function sum(a: Value, b: Value, sign: 1 | -1): Value {
  if (a === null || b === null) return null;
  const total = numberOf(a) + sign * numberOf(b);
  if (a instanceof Date && b instanceof Date) return new Span(total);
  if (a instanceof Date || b instanceof Date) return new Date(total);
  return likewise(a, total);
}

/** Whole numbers divide to a whole number; two spans to a real one. */
function quotient(node: Syntax, a: Value, b: Value): Value {
  if (a === null || b === null) return null;
  const result = numberOf(a) / numberOf(b);
  if (!Number.isFinite(result)) return null;
  if (a instanceof Span) return b instanceof Span ? result : new Span(result);
  return node.type === 'long' || node.type === 'int' ? Math.trunc(result) : result;
}
