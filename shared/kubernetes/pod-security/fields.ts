import type { Json } from '../../core/resource';

export type JsonObject = Readonly<Record<string, Json>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** A field's value; `null` counts as absent, as it does for an API server. */
export function valueIn(object: JsonObject, key: string): Json | undefined {
  return object[key] ?? undefined;
}

/** The object in a field; an empty one where there is none. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = valueIn(object, key);
  return isObject(value) ? value : {};
}

/** The objects of a list in a field. */
export function objectsIn(object: JsonObject, key: string): readonly JsonObject[] {
  const value = valueIn(object, key);
  return isList(value) ? value.filter(isObject) : [];
}

/** The text in a field; empty where there is none. */
export function textIn(object: JsonObject, key: string): string {
  const value = valueIn(object, key);
  return typeof value === 'string' ? value : '';
}

/** The texts of a list in a field. */
export function textsIn(object: JsonObject, key: string): readonly string[] {
  const value = valueIn(object, key);
  return isList(value) ? value.filter((one) => typeof one === 'string') : [];
}
