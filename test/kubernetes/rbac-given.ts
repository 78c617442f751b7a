import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

const SHARED = resolve('../shared/kubernetes');

/** `test` where the files of `../shared/kubernetes` are there; elsewhere the test is skipped, and the output says so. */
export function testWithCases(path: string): jest.It {
  if (existsSync(resolve(SHARED, path))) return test;
  console.log(`skipped: ${resolve(SHARED, path)} is not there`);
  return test.skip as jest.It;
}

export const readCaseJson = (path: string): unknown => JSON.parse(readFileSync(resolve(SHARED, path), 'utf8'));

/** The objects of a YAML stream. */
export const readStream = (path: string): readonly unknown[] => objectsOf(readFileSync(resolve(SHARED, path), 'utf8'));

export const objectsOf = (yaml: string): readonly unknown[] =>
  [...parseAllDocuments(yaml)].map((document) => document.toJS() as unknown).filter((one) => one !== null);
