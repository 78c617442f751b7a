import { readFile } from 'node:fs/promises';
import { key } from './ids';
import type { Fields } from './wire';
import { isFields } from './wire';

/** Alias names, without or with the type before them, and their paths; by resource type in lower case. */
export type Aliases = ReadonlyMap<string, { readonly type: string; readonly paths: Readonly<Record<string, string>> }>;

/**
 * Reads a JSON file `{ "<resource type>": { "<alias>": "<path>" } }`. A key without a slash is what follows the type in
 * the alias; one with a slash is the whole alias. Throws an Error that names the file.
 */
export async function loadAliases(path: string): Promise<Aliases> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`${path}: cannot be read`, { cause: error });
  });
  const table = parse(text, path);
  return new Map(
    Object.entries(table).map(([type, paths]) => [key(type), { type, paths: pathsOf(paths, type, path) }]),
  );
}

function pathsOf(value: unknown, type: string, path: string): Readonly<Record<string, string>> {
  if (isFields(value) && Object.values(value).every((one) => typeof one === 'string')) {
    return value as Readonly<Record<string, string>>;
  }
  throw new Error(`${path}: "${type}" must be an object of paths`);
}

function parse(text: string, path: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch (error) {
    throw new Error(`${path}: is no JSON`, { cause: error });
  }
  throw new Error(`${path}: a JSON object is wanted`);
}
