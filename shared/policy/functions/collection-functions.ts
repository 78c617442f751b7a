import { isArray, isObject, propertyOf, sameJson, shown, type Json, type JsonObject } from '../json';
import { fold } from '../text';
import { argument, define, fail, integerAt, isInteger, MANY, objectAt, textAt } from './arguments';
import type { TemplateFunction } from './arguments';

function length(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (value === null) return 0;
  if (typeof value === 'string' || isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : fail(`${shown(value)} has no length`);
}

function contains(args: readonly Json[]): Json {
  const [container, wanted] = [argument(args, 0), argument(args, 1)];
  if (isArray(container)) return container.some((member) => sameJson(member, wanted));
  if (isObject(container)) return propertyOf(container, keyOf(wanted)) !== undefined;
  if (typeof container !== 'string') return fail(`${shown(container)} contains nothing`);
  return fold(container).includes(fold(textAt(args, 1)));
}

const keyOf = (value: Json): string =>
  typeof value === 'string' || isInteger(value) ? String(value) : fail(`${shown(value)} is not the name of a key`);

/** Texts without regard to case, arrays by deep equality. */
const position = (name: string, direction: 'indexOf' | 'lastIndexOf'): TemplateFunction =>
  define(name, 2, (args) => {
    const [container, wanted] = [argument(args, 0), argument(args, 1)];
    if (container === null) return -1;
    if (isArray(container)) {
      return direction === 'indexOf'
        ? container.findIndex((member) => sameJson(member, wanted))
        : container.findLastIndex((member) => sameJson(member, wanted));
    }
    return textAt(args, 0).toLowerCase()[direction](textAt(args, 1).toLowerCase());
  });

/** A text or an array by its end; an empty array has no member, an empty text the empty one. */
const end = (name: string, index: 0 | -1): TemplateFunction =>
  define(name, 1, (args) => {
    const value = argument(args, 0);
    if (value === null) return null;
    if (isArray(value)) return value.at(index) ?? null;
    return textAt(args, 0).at(index) ?? '';
  });

/** Part of a text or an array; null stays null and a negative count is none. */
const part = (name: string, slice: <T extends string | readonly Json[]>(value: T, count: number) => Json) =>
  define(name, 2, (args) => {
    const value = argument(args, 0);
    const count = Math.max(0, integerAt(args, 1));
    if (value === null) return null;
    return isArray(value) ? slice(value, count) : slice(textAt(args, 0), count);
  });

function intersection(args: readonly Json[]): Json {
  if (args.every(isArray)) {
    const keys = args.slice(1).map((members) => new Set(members.map(canonical)));
    return unique(args[0] ?? []).filter((member) => keys.every((set) => set.has(canonical(member))));
  }
  const [first, ...others] = args.map((_, at) => objectAt(args, at));
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([key, value]) => others.every((other) => holds(other, key, value))),
  );
}

function holds(object: JsonObject, key: string, value: Json): boolean {
  const found = propertyOf(object, key);
  return found !== undefined && sameJson(found, value);
}

function union(args: readonly Json[]): Json {
  if (args.every(isArray)) return unique(args.flat());
  return args.map((_, at) => objectAt(args, at)).reduce(merge);
}

function unique(members: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return members.filter((member) => {
    const key = canonical(member);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Equal for deeply equal values, different for others. */
function canonical(value: Json): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(',')}}`;
}

/** Later values win, objects inside objects are merged, and keys that differ in case are one. */
function merge(left: JsonObject, right: JsonObject): JsonObject {
  const entries = new Map(Object.entries(left).map(([key, value]) => [key.toLowerCase(), [key, value] as const]));
  for (const [key, value] of Object.entries(right)) {
    const [name, known] = entries.get(key.toLowerCase()) ?? [key, undefined];
    entries.set(key.toLowerCase(), [name, isObject(known) && isObject(value) ? merge(known, value) : value]);
  }
  return Object.fromEntries(entries.values());
}

function createObject(args: readonly Json[]): Json {
  if (args.length % 2 !== 0) return fail('every key needs a value');
  const keys = args
    .filter((_, at) => at % 2 === 0)
    .map((key) => (typeof key === 'string' ? key : fail('a key is a text')));
  if (new Set(keys.map(fold)).size < keys.length) return fail('a key is there twice');
  return Object.fromEntries(keys.map((key, at) => [key, argument(args, at * 2 + 1)]));
}

function items(args: readonly Json[]): Json {
  const entries = Object.entries(objectAt(args, 0)).map(([key, value]) => ({ key, value }));
  return entries.sort((left, right) => (fold(left.key) < fold(right.key) ? -1 : 1));
}

export const collectionFunctions: readonly TemplateFunction[] = [
  define('length', 1, length),
  define('empty', 1, (args) => length(args) === 0),
  define('contains', 2, contains),
  position('indexOf', 'indexOf'),
  position('lastIndexOf', 'lastIndexOf'),
  end('first', 0),
  end('last', -1),
  part('take', (value, count) => value.slice(0, count)),
  part('skip', (value, count) => value.slice(count)),
  define('intersection', [2, MANY], intersection),
  define('union', [2, MANY], union),
  define('array', 1, (args) => (isArray(args[0]) ? args[0] : [argument(args, 0)])),
  define('createArray', [0, MANY], (args) => args),
  define('createObject', [0, MANY], createObject),
  define('items', 1, items),
];
