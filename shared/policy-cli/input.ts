import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isArray, isObject, propertyOf, type Json, type JsonObject } from '../policy/json';

/** Wrong use or a file that is not what is wanted: one line for the user. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Bytes. Azure's whole table of aliases has 11 million. */
const MAX_BYTES = 67_108_864;

/** Deeper than anything that Azure stores. */
const MAX_DEPTH = 1_000;

/** Throws an InputError, like everything in this file. */
export function readJson(file: string): Json {
  const json = parsed(readText(file), file);
  if (isDeeper(json, MAX_DEPTH)) throw new InputError(`${file}: nests deeper than ${MAX_DEPTH} levels`);
  return json;
}

export function readObject(file: string, wanted: string): JsonObject {
  const json = readJson(file);
  if (isObject(json)) return json;
  throw new InputError(`${file}: ${wanted} is wanted, a JSON object, not ${kindOf(json)}`);
}

/** An array, ARM's `{ value: […] }`, or one object alone. */
export function readList(file: string, wanted: string): readonly Json[] {
  const json = readJson(file);
  const list = isObject(json) ? (propertyOf(json, 'value') ?? [json]) : json;
  if (isArray(list)) return list;
  throw new InputError(`${file}: ${wanted} are wanted, a JSON array, not ${kindOf(json)}`);
}

/** Without a byte order mark. */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new InputError(`${file}: has ${size} bytes; at most ${MAX_BYTES} are read`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The files below a folder, in order, whose names end so. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith(ending)).sort();
  } catch (error) {
    throw unreadable(folder, error);
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === undefined ? error : new InputError(`${path}: ${CODES.get(code) ?? `cannot be read (${code})`}`);
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const CODES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'is a file; a folder is wanted'],
  ['EISDIR', 'is a folder; a file is wanted'],
  ['EACCES', 'may not be read'],
]);

export function parsed(text: string, place: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${place}: is not JSON: ${error.message.replace(/\s+/g, ' ')}`);
  }
}

/** Level by level, for a deep value would be too much for a function that calls itself. */
function isDeeper(json: Json, levels: number): boolean {
  let level: readonly Json[] = [json];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values<Json>(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

export function kindOf(json: Json): string {
  if (json === null) return 'null';
  if (isArray(json)) return 'an array';
  return isObject(json) ? 'an object' : `a ${typeof json}`;
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options and other arguments of a command. */
export function argumentsOf<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    throw new InputError(`${/[^.\n]*/.exec((error as Error).message)?.[0] ?? ''} (--help tells more)`);
  }
}
