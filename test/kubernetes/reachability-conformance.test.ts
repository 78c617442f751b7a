import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { differencesOf, type ReachabilityCase } from '../../shared/kubernetes/reachability/conformance';

const folder = resolve('../shared/kubernetes/networkpolicy');

type FileCase = ReachabilityCase & { readonly id: string };

function casesInFolder(): readonly FileCase[] {
  if (existsSync(folder))
    return (JSON.parse(readFileSync(resolve(folder, 'index.json'), 'utf8')) as { cases: FileCase[] }).cases;
  console.log(`skipped: ${folder} is not there`);
  return [];
}

/** Items of a list need not say what they are. */
function flattened(document: unknown): readonly KubernetesObject[] {
  const object = document as KubernetesObject & { items?: KubernetesObject[] };
  if (typeof object?.kind !== 'string') return [];
  if (!object.kind.endsWith('List')) return [object];
  const kind = object.kind.replace(/List$/, '');
  return (object.items ?? []).map((item) => ({
    ...item,
    kind: item.kind ?? kind,
    apiVersion: item.apiVersion ?? object.apiVersion,
  }));
}

const objectsOf = (id: string): readonly KubernetesObject[] =>
  parseAllDocuments(readFileSync(resolve(folder, 'cases', `${id}.yaml`), 'utf8')).flatMap((document) =>
    flattened(document.toJS()),
  );

const cases = casesInFolder();
const none = [['no case', undefined] as const];

(cases.length === 0 ? test.skip : test).each(
  cases.length === 0 ? none : cases.map((one) => [`${one.question} of ${one.id}`, one] as const),
)('%s: the answer is the expected one', (_name, one) => {
  if (one === undefined) throw new Error('there is no case');
  expect(differencesOf(objectsOf(one.id), one)).toEqual([]);
});
