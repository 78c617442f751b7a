import { at, isFields, textOf, type Fields } from '../fields';
import { isClusterScoped } from '../ids';
import type { KubernetesObject } from '../object';
import { jsonDocuments, withKindOf, yamlDocuments, type Value } from './documents';

/** An object and where it stands. */
export interface Manifest {
  readonly object: KubernetesObject;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** `broken`: something that was meant to be read could not be. `passed-over`: it is no object of a cluster. */
export interface ManifestProblem {
  readonly kind: 'broken' | 'passed-over';
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Manifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
}

/**
 * The objects of a YAML or JSON text, lists taken apart, namespaced ones without a namespace in `default`; otherwise as they
 * stand there. Time and memory are bounded, whatever the text is; what cannot be read is a problem with its line.
 */
export function readManifests(text: string, file: string): Manifests {
  const plain = text.replace(/^\uFEFF/, '');
  const { values, unreadable } = isJson(plain, file) ? jsonDocuments(plain) : yamlDocuments(plain);
  const broken = unreadable.map((one): ManifestProblem => ({ kind: 'broken', file, ...one }));
  const found = values.flatMap((value) => flattened(value, 0)).map((value) => manifestIn(value, file));
  return {
    manifests: found.filter((one) => 'object' in one),
    problems: [...broken, ...found.filter((one) => 'message' in one)],
  };
}

/** JSON may hold what no YAML of the same size may, so a text that begins as JSON is tried as JSON. */
function isJson(text: string, file: string): boolean {
  return file.toLowerCase().endsWith('.json') || (/^\s*[{[]/.test(text) && jsonDocuments(text).unreadable.length === 0);
}

/** Lists within lists, as a JSON file or a list of lists holds them. */
function flattened({ value, line }: Value, depth: number): readonly Value[] {
  if (value === null || value === undefined) return [];
  if (!isFields(value) || depth > MAX_LISTS || !isList(value)) return [{ value, line }];
  const items: readonly unknown[] = Array.isArray(value['items']) ? value['items'] : [];
  return items.flatMap((item) => flattened({ value: withKindOf(value, item), line }, depth + 1));
}

/** A list has items and no name; an object of a kind such as `AllowList` has a name. */
function isList({ kind, items, metadata }: Fields): boolean {
  if (typeof kind !== 'string' || !kind.endsWith('List')) return false;
  return Array.isArray(items) || ((items === undefined || items === null) && textOf(at(metadata, 'name')) === '');
}

const MAX_LISTS = 10;

function manifestIn({ value, line }: Value, file: string): Manifest | ManifestProblem {
  const wrong = (kind: ManifestProblem['kind'], message: string): ManifestProblem => ({ kind, file, line, message });
  if (!isFields(value)) return wrong('passed-over', `is ${kindOf(value)}, no object of a cluster`);
  const { apiVersion, kind, metadata } = value;
  if (apiVersion === undefined && kind === undefined)
    return wrong('passed-over', 'has neither apiVersion nor kind, so it is no object of a cluster');
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '')
    return wrong('broken', 'apiVersion and kind have to be texts, both: one is missing or of another type');
  if (NOT_APPLIED.some((start) => apiVersion.startsWith(start)))
    return wrong('passed-over', `is a file of a tool (${apiVersion} ${kind}), no object of a cluster`);
  if (!isFields(metadata)) return wrong('broken', `${kind}: metadata with a name is wanted, not ${kindOf(metadata)}`);
  const nameless = problemWithNames(metadata);
  if (nameless !== undefined) return wrong('broken', `${kind}: ${nameless}`);
  return { object: inNamespace(value as unknown as KubernetesObject), file, line };
}

/** Kustomize's own files are read by kustomize, and never sent to a cluster. */
const NOT_APPLIED = ['kustomize.config.k8s.io/', 'kind.x-k8s.io/', 'skaffold/'];

function problemWithNames({ name, generateName, namespace, labels, annotations }: Fields): string | undefined {
  const wanted = name ?? generateName;
  if (typeof wanted !== 'string' || wanted === '') return 'metadata.name is missing or no text';
  if (!isSegment(wanted)) return `metadata.name is "${wanted.slice(0, 80)}", which can be no part of a path`;
  if (namespace !== undefined && namespace !== null && (typeof namespace !== 'string' || !isSegment(namespace)))
    return 'metadata.namespace is no name of a namespace';
  const isMapOrAbsent = (value: unknown): boolean => value === undefined || value === null || isFields(value);
  if (!isMapOrAbsent(labels) || !isMapOrAbsent(annotations)) return 'metadata.labels and annotations have to be maps';
  return undefined;
}

/** What the API server takes as the name of any object at all: of roles and bindings, also with blanks. */
const isSegment = (name: string): boolean => name !== '.' && name !== '..' && !/[/%\u0000-\u001f]/.test(name);

function inNamespace(object: KubernetesObject): KubernetesObject {
  const { namespace, ...metadata } = object.metadata;
  if (isClusterScoped(object)) return namespace === undefined ? object : { ...object, metadata };
  return {
    ...object,
    metadata: {
      ...metadata,
      namespace: namespace === undefined || namespace === '' || namespace === null ? 'default' : namespace,
    },
  };
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value === 'object' ? 'map' : typeof value}`;
}
