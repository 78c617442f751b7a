import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hopResolver } from '../../shared/policy/alias-hop';
import { onlyOutside, tableResolver, type AliasResolver } from '../../shared/policy/aliases';
import { readCaseTable } from '../../shared/policy/conformance';
import { isObject, type Json, type JsonObject } from '../../shared/policy/json';

const SHARED = resolve('../shared');

/** `test` where the files of `../shared` are there; elsewhere the test is skipped, and the output says so. */
export function testWith(folder: string): jest.It {
  if (existsSync(resolve(SHARED, folder))) return test;
  console.log(`skipped: ${resolve(SHARED, folder)} is not there`);
  return test.skip as jest.It;
}

export const readText = (path: string): string => readFileSync(resolve(SHARED, path), 'utf8').replace(/^\uFEFF/, '');
export const readJson = (path: string): Json => JSON.parse(readText(path)) as Json;

/** The files below a folder, in order. */
export const filesIn = (folder: string): readonly string[] =>
  globSync('**/*.json', { cwd: resolve(SHARED, folder) })
    .toSorted()
    .map((file) => `${folder}/${file}`);

/** The real aliases; what their providers are not among is looked for by the hop. */
export function azureAliases(): AliasResolver {
  const table = readCaseTable(readJson('policy-conformance/aliases.json'));
  return tableResolver(table, { fallback: onlyOutside(table, hopResolver) });
}

/** Every ARM resource of the landing zone. */
export function estateResources(): readonly JsonObject[] {
  const { resources } = readJson('estate/estate.json') as { resources: { path: string }[] };
  return resources.map(({ path }) => readJson(`estate/${path}`)).filter(isObject);
}
