import { propertyOf, sameJson, isArray, isObject, shown, type Json } from '../json';
import { argument, booleanAt, define, fail, isInteger, MANY, type TemplateFunction } from './arguments';

const compare = (name: string, holds: (order: number) => boolean): TemplateFunction =>
  define(name, 2, (args) => holds(orderOf(argument(args, 0), argument(args, 1))));

/** Two numbers, or two texts with case. */
function orderOf(left: Json, right: Json): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== 'string' || typeof right !== 'string') {
    return fail(`${shown(left)} and ${shown(right)} cannot be compared: both must be numbers or both texts`);
  }
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Every argument must be a boolean, also those that no longer matter: the compiler stops earlier, a direct call does not. */
const booleans = (args: readonly Json[]): readonly boolean[] => args.map((_, position) => booleanAt(args, position));

function tryGet(args: readonly Json[]): Json {
  let value = argument(args, 0);
  for (const [step, key] of args.slice(1).entries()) {
    const found = memberOf(value, key);
    if (found === undefined && step > 0 && typeof value !== 'object') return fail(`${shown(value)} has no members`);
    if (found === undefined) return null;
    value = found;
  }
  return value;
}

function memberOf(value: Json, key: Json): Json | undefined {
  if (isArray(value)) return isInteger(key) ? value[key] : undefined;
  if (typeof key !== 'string' && !isInteger(key))
    return fail(`a member is named by a text or a number, not ${shown(key)}`);
  return isObject(value) ? propertyOf(value, String(key)) : undefined;
}

export const logicFunctions: readonly TemplateFunction[] = [
  define('and', [2, MANY], (args) => booleans(args).every((each) => each)),
  define('or', [2, MANY], (args) => booleans(args).some((each) => each)),
  define('not', 1, (args) => !booleanAt(args, 0)),
  define('if', 3, (args) => (booleanAt(args, 0) ? argument(args, 1) : argument(args, 2))),
  define('true', 0, () => true),
  define('false', 0, () => false),
  define('null', 0, () => null),
  define('equals', 2, (args) => sameJson(argument(args, 0), argument(args, 1))),
  compare('less', (order) => order < 0),
  compare('lessOrEquals', (order) => order <= 0),
  compare('greater', (order) => order > 0),
  compare('greaterOrEquals', (order) => order >= 0),
  define('coalesce', [1, MANY], (args) => args.find((each) => each !== null) ?? null),
  define('tryGet', [2, MANY], tryGet),
];
