import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { differencesOf, type ReachabilityCase } from '../../shared/kubernetes/reachability/conformance';

const folder = resolve('../shared/kubernetes/networkpolicy');

type FileCase = ReachabilityCase & { readonly id: string };

function cases(): readonly FileCase[] {
  if (!existsSync(folder)) return [];
  return (JSON.parse(readFileSync(resolve(folder, 'index.json'), 'utf8')) as { cases: FileCase[] }).cases;
}

function objectsIn(id: string): readonly KubernetesObject[] {
  return parseAllDocuments(readFileSync(resolve(folder, 'cases', `${id}.yaml`), 'utf8'), { merge: true })
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null)
    .flatMap((object) => (object.kind.endsWith('List') ? (object['items'] as KubernetesObject[]) : [object]));
}

const found = cases();
if (found.length === 0) console.log(`skipped: ${folder} is not there`);

(found.length === 0 ? test.skip : test).each(found.length === 0 ? [['none', {} as FileCase] as const] : found.map((one) => [one.id, one] as const))(
  'what is left open in %s is what others found, too',
  (id, one) => {
    expect(differencesOf(objectsIn(id), one)).toEqual([]);
  },
);
