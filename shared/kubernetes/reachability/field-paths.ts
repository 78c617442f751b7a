import { isFields, type Fields } from '../fields';

/** What stands at a path, or an object without fields. */
export function fieldsIn(value: unknown, ...path: readonly string[]): Fields {
  let found = value;
  for (const step of path) found = isFields(found) ? found[step] : undefined;
  return isFields(found) ? found : {};
}

export function listIn(value: unknown, ...path: readonly string[]): readonly unknown[] {
  let found = value;
  for (const step of path) found = isFields(found) ? found[step] : undefined;
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

export function textIn(value: unknown, name: string): string | undefined {
  const found = isFields(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Labels as a plain record; what is no text is left out, as the API server refuses it. */
export function labelsIn(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(isFields(value) ? value : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
