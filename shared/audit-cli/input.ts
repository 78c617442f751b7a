import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Wrong use or a file that is not what is wanted: one line for the user. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Bytes of one file; how much of it is taken depends on its form. */
const MAX_BYTES = 67_108_864;

/** Files of one folder, and how deep it may go. */
const MAX_FILES = 20_000;

/** Throws an InputError, like everything in this file. */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new InputError(`${file}: has ${size} bytes; at most ${MAX_BYTES} are read`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${file}: is not JSON: ${error.message.replace(/\s+/g, ' ')}`);
  }
}

/** Paths of the files below a folder that end so, in order, or the file itself. What Git keeps for itself is left out. */
export function filesAt(path: string, endings: readonly string[]): readonly string[] {
  if (!isFolder(path)) return [path];
  try {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => endings.some((ending) => name.toLowerCase().endsWith(ending))).sort();
    const wanted = files.filter((name) => !/(^|[\\/])(\.git|node_modules)[\\/]/.test(name));
    if (wanted.length > MAX_FILES)
      throw new InputError(`${path}: has ${wanted.length} files; at most ${MAX_FILES} are read`);
    return wanted.map((name) => join(path, name)).filter((file) => !isFolder(file));
  } catch (error) {
    throw unreadable(path, error);
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
