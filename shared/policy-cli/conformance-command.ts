import { basename, dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { AliasTable } from '../policy/aliases';
import { readCaseTable, runCase, type AliasTables } from '../policy/conformance';
import { isObject, type JsonObject } from '../policy/json';
import { argumentsOf, filesBelow, InputError, isFolder, kindOf, parsed, readJson, readText } from './input';
import { linesOf, type Output } from './output';

/** `conformance`: the cases of files and folders. Throws an InputError. */
export function conformanceCommand(args: readonly string[]): Output {
  const { positionals } = argumentsOf(args, {});
  if (positionals.length === 0) throw new InputError('conformance needs a file or folder of cases (--help tells more)');
  const files = positionals.flatMap(caseFiles);
  const tableOf = tables();
  const folders = files.map((file) => dirname(resolve(file)));
  const results = files.map((file) => runFile(file, (name) => tableOf(name, [dirname(resolve(file)), ...folders])));
  const out = results.flatMap(({ file, passed, failures }) => [
    `${file}: ${passed} passed, ${failures.length} failed`,
    ...failures.map((failure) => `  ${failure}`),
  ]);
  return { code: results.some(({ failures }) => failures.length > 0) ? 1 : 0, out: linesOf(out), err: '' };
}

function caseFiles(path: string): readonly string[] {
  if (!isFolder(path)) return [path];
  const files = filesBelow(path, '.jsonl').map((file) => join(path, file));
  if (files.length === 0) throw new InputError(`${path}: there are no cases (*.jsonl) below it`);
  return files;
}

interface Result {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly string[];
}

function runFile(file: string, tableOf: AliasTables): Result {
  const lines = readText(file)
    .split('\n')
    .map((line, index) => ({ line, place: `line ${index + 1}` }));
  const cases = lines.filter(({ line }) => line.trim() !== '').map(({ line, place }) => caseIn(line, place));
  if (!cases.some(({ test }) => test !== undefined)) {
    throw new InputError(`${file}: there is no case in it; one JSON object per line is wanted`);
  }
  const failures = cases.flatMap((each) => failureOf(each, tableOf));
  return { file, passed: cases.length - failures.length, failures };
}

function failureOf({ test, place, problem }: CaseLine, tableOf: AliasTables): readonly string[] {
  if (test === undefined) return [`${place}: ${problem}`];
  const failure = runCase(test, tableOf);
  return failure === undefined ? [] : [`${typeof test['id'] === 'string' ? test['id'] : place}: ${failure}`];
}

type CaseLine =
  | { readonly place: string; readonly test: JsonObject; readonly problem?: undefined }
  | { readonly place: string; readonly test?: undefined; readonly problem: string };

/** What is not a case is a failed one, and the others are run. */
function caseIn(line: string, place: string): CaseLine {
  try {
    const test = parsed(line, place);
    if (!isObject(test)) return { place, problem: `a case is a JSON object, not ${kindOf(test)}` };
    return isObject(test['expected']) ? { place, test } : { place, problem: 'a case says what is "expected"' };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { place, problem: error.message.slice(place.length + 2) };
  }
}

/** Tables of aliases, each read once: beside the cases first, then in the folders above. */
function tables(): (name: string, folders: readonly string[]) => AliasTable | undefined {
  const known = new Map<string, AliasTable>();
  return (name, folders) => {
    const path = pathOf(name, folders);
    if (path === undefined) return undefined;
    const table = known.get(path) ?? readCaseTable(readJson(path));
    known.set(path, table);
    return table;
  };
}

/** A name is the name of a file, never a way out of its folder. */
function pathOf(name: string, folders: readonly string[]): string | undefined {
  const file = name === 'azure' ? 'aliases.json' : join('aliases', basename(name));
  return [...new Set(folders.flatMap(withThoseAbove))].map((folder) => join(folder, file)).find(existsSync);
}

function withThoseAbove(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...withThoseAbove(above)];
}
