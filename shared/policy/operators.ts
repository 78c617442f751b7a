import { isArray, isObject, propertyOf, sameJson, shown, type Json, type Value } from './json';
import { likeTest, matchTest } from './patterns';
import { fold, foldLocation, scalarText } from './text';
import { failed, not, Unknown, type Truth } from './unknown';

/** Whether a left value satisfies an operator whose right value is fixed. */
export type Test = (left: Value) => Truth;

export interface Operator {
  readonly name: string;
  readonly negated: boolean;
  /** The operator that is true exactly when this one is false. */
  readonly opposite: string;
  readonly test: (right: Json, comparison: Comparison) => Test;
}

/** How texts are made comparable: regions also lose their spaces. */
export type Comparison = 'text' | 'location';

/** An operator by name, without regard to case («Azure Policy: conditions»). */
export const operatorNamed = (name: string): Operator | undefined => OPERATORS.get(name.toLowerCase());

/** The test of an operator, or what is wrong with its right side. A right side that is null makes Azure's evaluation fail. */
export function testOf(operator: Operator, right: Json, comparison: Comparison): Test {
  if (right === null) return always(failed(`the value that ${operator.name} compares with is null`));
  const test = operator.test(right, comparison);
  return operator.negated ? (left) => not(test(left)) : test;
}

type Build = Operator['test'];

const always = (truth: Truth) => (): Truth => truth;
const foldFor = (comparison: Comparison) => (comparison === 'location' ? foldLocation : fold);
const wrongRight = (name: string, wanted: string, right: Json) =>
  always(failed(`${name} needs ${wanted}, not ${shown(right)}`));

/** Null and missing count as the empty text; an array or object is equal only to one that is deeply equal. */
const equals: Build = (right, comparison) => {
  const folded = foldFor(comparison);
  const text = scalarText(right);
  if (text === undefined) return (left) => typeof left === 'object' && left !== null && sameJson(left, right);
  const wanted = folded(text);
  return (left) => {
    if (left === text) return true;
    const found = left === undefined || left === null ? '' : scalarText(left);
    return found !== undefined && folded(found) === wanted;
  };
};

const isIn: Build = (right, comparison) => {
  if (!isArray(right)) return wrongRight('in', 'an array', right);
  const folded = foldFor(comparison);
  const texts = new Set(right.flatMap((member) => memberText(member) ?? []).map(folded));
  const structures = right.filter((member) => typeof member === 'object' && member !== null);
  return (left) => {
    const found = memberText(left);
    if (found !== undefined) return texts.has(folded(found));
    return structures.some((member) => sameJson(member, left ?? null));
  };
};

const memberText = (value: Value): string | undefined =>
  value === undefined || value === null ? '' : scalarText(value);

/** A missing value is like nothing, not even `*`: the built-in 83a86a26 depends on it. */
const like: Build = (right, comparison) => {
  const pattern = scalarText(right);
  if (pattern === undefined) return wrongRight('like', 'a text', right);
  const folded = foldFor(comparison);
  const test = likeTest(folded(pattern));
  return (left) => {
    const found = scalarText(left);
    return found !== undefined && test(folded(found));
  };
};

const matchWith = (name: string, folded: (text: string) => string): Build => {
  return (right) => {
    const pattern = scalarText(right);
    if (pattern === undefined) return wrongRight(name, 'a text', right);
    const test = matchTest(folded(pattern));
    return (left) => {
      const found = memberText(left);
      return found !== undefined && test(folded(found));
    };
  };
};

const contains: Build = (right, comparison) => {
  const isMember = equals(right, comparison);
  const text = scalarText(right);
  const folded = foldFor(comparison);
  const wanted = folded(text ?? '');
  return (left) => {
    if (isArray(left)) return left.some((member) => isMember(member) === true);
    if (text === undefined) return false;
    if (isObject(left)) return propertyOf(left, text) !== undefined;
    return folded(memberText(left) ?? '').includes(wanted);
  };
};

const containsKey: Build = (right) => {
  const key = scalarText(right);
  if (key === undefined) return wrongRight('containsKey', 'the name of a key', right);
  return (left) => isObject(left) && propertyOf(left, key) !== undefined;
};

/** Numbers with numbers and texts with texts; anything else makes Azure's evaluation fail. Nothing is less or greater. */
const ordering = (name: string, holds: (order: number) => boolean): Build => {
  return (right) => {
    if (typeof right !== 'number' && typeof right !== 'string') return wrongRight(name, 'a number or a text', right);
    const wanted = typeof right === 'string' ? fold(right) : right;
    return (left) => {
      if (left === undefined || left === null) return false;
      const found = typeof left === 'string' ? fold(left) : left;
      if (typeof found === 'number' && typeof wanted === 'number') return holds(found - wanted);
      if (typeof found === 'string' && typeof wanted === 'string') return holds(order(found, wanted));
      return failed(`${name} cannot compare ${shown(left)} with ${shown(right)}: both must be numbers or both texts`);
    };
  };
};

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const exists: Build = (right) => {
  const wanted = typeof right === 'boolean' ? right : truthNamed(right);
  if (wanted === undefined) return wrongRight('exists', 'true or false', right);
  return (left) => (left !== undefined && left !== null) === wanted;
};

/** The right side of `exists` written as a text. */
export function truthNamed(value: Json): boolean | undefined {
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  if (lower === 'true') return true;
  return lower === 'false' ? false : undefined;
}

const pair = (name: string, opposite: string, test: Build): readonly Operator[] => [
  { name, opposite, negated: false, test },
  { name: opposite, opposite: name, negated: true, test },
];

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ...pair('equals', 'notEquals', equals),
    ...pair('in', 'notIn', isIn),
    ...pair('like', 'notLike', like),
    ...pair(
      'match',
      'notMatch',
      matchWith('match', (text) => text),
    ),
    ...pair('matchInsensitively', 'notMatchInsensitively', matchWith('matchInsensitively', fold)),
    ...pair('contains', 'notContains', contains),
    ...pair('containsKey', 'notContainsKey', containsKey),
    { name: 'less', opposite: 'greaterOrEquals', negated: false, test: ordering('less', (o) => o < 0) },
    { name: 'lessOrEquals', opposite: 'greater', negated: false, test: ordering('lessOrEquals', (o) => o <= 0) },
    { name: 'greater', opposite: 'lessOrEquals', negated: false, test: ordering('greater', (o) => o > 0) },
    { name: 'greaterOrEquals', opposite: 'less', negated: false, test: ordering('greaterOrEquals', (o) => o >= 0) },
    { name: 'exists', opposite: 'exists', negated: false, test: exists },
  ].map((operator) => [operator.name.toLowerCase(), operator]),
);

/** Whether a value satisfies an operator: one question, without a rule around it. */
export function satisfies(operator: Operator, left: Value, right: Json): Truth {
  const truth = testOf(operator, right, 'text')(left);
  return truth instanceof Unknown ? truth.at(operator.name) : truth;
}
