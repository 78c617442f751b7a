/** A value of JSON. Nothing in this folder changes one. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
/** What a path leads to: a value, or nothing. */
export type Value = Json | undefined;

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A property without regard to case; one spelt exactly so wins. Only own properties: `constructor` is not one. */
export function propertyOf(object: JsonObject, name: string): Value {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((each) => each.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

/** Deep equality, with case and with types; the order of keys does not matter. */
export function sameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (isArray(left)) return isArray(right) && sameMembers(left, right);
  return isObject(left) && isObject(right) && sameProperties(left, right);
}

function sameMembers(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((member, index) => sameJson(member, right[index] ?? null));
}

function sameProperties(left: JsonObject, right: JsonObject): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key] ?? null, right[key] ?? null));
}

/** Azure Policy's limits for a value inside an expression («Azure Policy: template limits»). */
export const VALUE_LIMITS = { characters: 131_072, depth: 128, nodes: 32_768 } as const;

/** The number of values inside `value`, itself included, or undefined when it is past a limit. */
export function sizeOf(value: Json, depth: number = VALUE_LIMITS.depth): number | undefined {
  if (typeof value === 'string') return value.length <= VALUE_LIMITS.characters ? 1 : undefined;
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === 0) return undefined;
  let size = 1;
  for (const member of isArray(value) ? value : Object.values(value)) {
    const inner = sizeOf(member, depth - 1);
    if (inner === undefined || size + inner > VALUE_LIMITS.nodes) return undefined;
    size += inner;
  }
  return size;
}

/** Steps of work that it takes to go through a value. */
export function weightOf(value: Value): number {
  if (typeof value === 'string') return value.length >> 5;
  return typeof value === 'object' && value !== null ? (sizeOf(value) ?? VALUE_LIMITS.nodes) : 0;
}

/** A text for a person: short, one line, of any value. */
export function shown(value: Value, depth = 3): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 0) return isArray(value) ? '[…]' : '{…}';
  if (isArray(value)) return `[${shownList(value.map((member) => () => shown(member, depth - 1)))}]`;
  const entries = Object.entries(value);
  return `{${shownList(
    entries.map(
      ([key, member]) =>
        () =>
          `${JSON.stringify(key)}: ${shown(member, depth - 1)}`,
    ),
  )}}`;
}

function shownList(members: readonly (() => string)[]): string {
  const texts = members.slice(0, 10).map((text) => text());
  return [...texts, ...(members.length > 10 ? [`… ${members.length - 10} more`] : [])].join(', ');
}
