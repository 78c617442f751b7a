import { isArray, isObject, propertyOf, type Json, type JsonObject, type Value } from './json';

/** Reading policy resources as ARM sends them: what is absent or of another shape reads as empty. */

export const objectAt = (json: Value, name: string): JsonObject => {
  const value = isObject(json) ? propertyOf(json, name) : undefined;
  return isObject(value) ? value : {};
};

export const listAt = (json: Value, name: string): readonly Json[] => {
  const value = isObject(json) ? propertyOf(json, name) : undefined;
  return isArray(value) ? value : [];
};

export const textAt = (json: Value, name: string): string => {
  const value = isObject(json) ? propertyOf(json, name) : undefined;
  return typeof value === 'string' ? value : '';
};

export const textsAt = (json: Value, name: string): readonly string[] =>
  listAt(json, name).filter((each) => typeof each === 'string');

/** `{ name: { value } }`, as assignments and members of initiatives carry parameters. */
export const parameterValuesAt = (json: Value, name: string): readonly (readonly [string, Json])[] =>
  Object.entries(objectAt(json, name)).flatMap(([key, each]) => {
    const value = isObject(each) ? propertyOf(each, 'value') : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
