import { isArray, isObject, propertyOf, type Json, type JsonObject, type Value } from './json';
import { sameText } from './text';

/** A resource made ready to be read many times. It stays valid as long as nobody changes the resource. */
export interface Subject {
  readonly resource: JsonObject;
  /** The type that Azure Policy sees, also of subscriptions and resource groups, whose JSON says less. */
  readonly type: string;
  readonly keys: KeyIndex;
}

/** The properties of objects by their lower-case names, filled while reading. */
export type KeyIndex = Map<JsonObject, ReadonlyMap<string, Json>>;

/** Anything but an object reads as an empty resource. */
export function prepare(resource: Json): Subject {
  const object = isObject(resource) ? resource : {};
  return { resource: object, type: typeOf(object), keys: new Map() };
}

/** The types that stand for the containers of resources in policy rules. */
export const SUBSCRIPTION = 'Microsoft.Resources/subscriptions';
export const RESOURCE_GROUP = 'Microsoft.Resources/subscriptions/resourceGroups';

function typeOf(resource: JsonObject): string {
  const type = propertyOf(resource, 'type');
  if (typeof type === 'string') return sameText(type, 'Microsoft.Resources/resourceGroups') ? RESOURCE_GROUP : type;
  const segments = idOf(resource).split('/').slice(1);
  if (segments.length === 2 && sameText(segments[0] ?? '', 'subscriptions')) return SUBSCRIPTION;
  return segments.length === 4 && sameText(segments[2] ?? '', 'resourceGroups') ? RESOURCE_GROUP : '';
}

export function idOf(resource: JsonObject): string {
  const id = propertyOf(resource, 'id');
  return typeof id === 'string' ? id : '';
}

/** The name with those of its parents: `server/database`. From the id; without one, what the resource says itself. */
export function fullNameOf({ resource }: Subject): Value {
  const [, below] = splitLast(idOf(resource), '/providers/');
  if (below === undefined) return propertyOf(resource, 'fullName') ?? propertyOf(resource, 'name');
  const names = below.split('/').filter((_, index) => index > 0 && index % 2 === 0);
  return names.join('/');
}

/** The text before and after the last occurrence of a separator, without regard to case. */
export function splitLast(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.toLowerCase().lastIndexOf(separator.toLowerCase());
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** A property of what may be an object, without regard to case. */
export function childOf(node: Value, name: string, lower: string, keys: KeyIndex): Value {
  if (typeof node !== 'object' || node === null || isArray(node)) return undefined;
  if (Object.hasOwn(node, name)) return node[name];
  return indexOf(node, keys).get(lower);
}

function indexOf(object: JsonObject, keys: KeyIndex): ReadonlyMap<string, Json> {
  const known = keys.get(object);
  if (known !== undefined) return known;
  const index = new Map<string, Json>();
  for (const [key, value] of Object.entries(object)) {
    const lower = key.toLowerCase();
    if (!index.has(lower)) index.set(lower, value);
  }
  keys.set(object, index);
  return index;
}

/** A property that is a text; anything else is the empty one. */
export function propertyOfText(resource: JsonObject, name: string): string {
  const value = propertyOf(resource, name);
  return typeof value === 'string' ? value : '';
}
