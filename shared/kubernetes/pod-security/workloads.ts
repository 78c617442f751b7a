import { groupOf } from '../fields';
import type { ObjectReference } from '../ids';
import type { KubernetesObject } from '../object';
import { podTemplateOf } from '../pod-template';
import { isObject, objectIn, objectsIn, textIn, valueIn, type JsonObject } from './fields';

export interface PodSource {
  /** What stands before `spec` of the pod: `spec.template.`, empty for a pod; of what runs for an owner, `running: `. */
  readonly prefix: string;
  readonly template: JsonObject;
}

/** What pods are reported on: what owns them, or a pod that nothing owns. */
export interface Workload {
  readonly object: ObjectReference;
  /** As it was read; absent when only its pods were. */
  readonly source?: KubernetesObject;
  /** The workload's own template; absent where it is not known. */
  readonly own?: PodSource;
  /** What runs for it and may differ from the template: sidecars that were put in, ephemeral containers. */
  readonly running: readonly PodSource[];
}

/** Groups pods and templates by what owns them in the end, in the order in which they come. */
export function workloadsOf(objects: readonly KubernetesObject[]): readonly Workload[] {
  const withPods = objects.filter((object) => hasPods(object) && !isOver(object));
  const known = new Map(withPods.map((object) => [keyOf(referenceOf(object)), object]));
  const running = new Map<string, PodSource[]>();
  const workloads = new Map<string, Omit<Workload, 'running'>>();
  for (const [index, object] of withPods.entries()) {
    const owner = topOwnerOf(object, known);
    const key = keyOf(owner);
    if (key === keyOf(referenceOf(object))) {
      // Of two that have the same name, as pods whose names are generated, both count.
      const isKnown = known.get(key) === object;
      workloads.set(isKnown ? key : `${key} ${index}`, { object: owner, source: object, own: podSourceOf(object) });
    } else if (isRunning(object)) {
      addTo(running, key, { ...podSourceOf(object), prefix: 'running: ' });
      workloads.set(key, workloads.get(key) ?? { object: owner });
    }
  }
  return [...workloads].map(([key, workload]) => ({ ...workload, running: running.get(key) ?? [] }));
}

function addTo(lists: Map<string, PodSource[]>, key: string, source: PodSource): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [source]);
  else list.push(source);
}

/** Old revisions and finished jobs run nothing. */
function isRunning(object: KubernetesObject): boolean {
  const fields = object as unknown as JsonObject;
  if (object.kind === 'Pod') return true;
  if (object.kind === 'Job') return valueIn(objectIn(fields, 'status'), 'completionTime') === undefined;
  return valueIn(objectIn(fields, 'spec'), 'replicas') !== 0;
}

type Known = ReadonlyMap<string, KubernetesObject>;

/** Kinds that are pods or have a template of pods. */
export const kindsWithPods = [
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
] as const;

/** It is a pod or has a template of pods. A kind of the same name in another API group is something else. */
export function hasPods(object: Kind): boolean {
  return podTemplateOf(object) !== undefined;
}

type Kind = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/** Where its template is: what holds the metadata and the spec of its pods. */
export function templatePathOf(object: Kind): readonly string[] {
  return podTemplateOf(object)?.slice(0, -1) ?? [];
}

/** The pod that an object is, or makes. */
export function podSourceOf(object: KubernetesObject): PodSource {
  const path = templatePathOf(object);
  const template = path.reduce<JsonObject>(objectIn, object as unknown as JsonObject);
  return { prefix: path.map((step) => `${step}.`).join(''), template };
}

export function metadataOf(object: KubernetesObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {};
}

export function referenceOf(object: KubernetesObject): ObjectReference {
  const metadata = metadataOf(object);
  const [name, namespace] = [textIn(metadata, 'name'), textIn(metadata, 'namespace')];
  const { apiVersion, kind } = object;
  return {
    apiVersion,
    kind,
    ...(namespace !== '' && { namespace }),
    name: name === '' ? textIn(metadata, 'generateName') : name,
  };
}

/** The namespace that it is in, as an API server would put it. */
export function namespaceOf({ namespace = 'default' }: ObjectReference): string {
  return namespace;
}

/** One object has one key, in whatever version of its API it is shown. */
function keyOf(reference: ObjectReference): string {
  const { apiVersion, kind, name } = reference;
  const isForeign = apiVersion !== '' && !hasPods(reference);
  return [namespaceOf(reference), isForeign ? groupOf(apiVersion) : '', kind, name].join('/');
}

/** No controller makes longer chains. */
const MAX_OWNERS = 16;

/** What owns itself in a circle stands for itself. */
function topOwnerOf(object: KubernetesObject, known: Known): ObjectReference {
  const seen = new Set([keyOf(referenceOf(object))]);
  let reference = referenceOf(object);
  for (
    let current: KubernetesObject | undefined = object;
    current !== undefined && seen.size < MAX_OWNERS;
    current = known.get(keyOf(reference))
  ) {
    const owner = ownerOf(current, known);
    if (owner === undefined) return reference;
    if (seen.has(keyOf(owner))) return referenceOf(object);
    seen.add(keyOf(owner));
    reference = owner;
  }
  return reference;
}

/** Of owners whose API version was not read. */
const usualVersions: ReadonlyMap<string, string> = new Map([
  ['ReplicationController', 'v1'],
  ['Deployment', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
]);

function ownerOf(object: KubernetesObject, known: Known): ObjectReference | undefined {
  const controller = objectsIn(metadataOf(object), 'ownerReferences').find(
    (reference) => valueIn(reference, 'controller') === true,
  );
  if (controller === undefined) return undefined;
  const [kind, name] = [textIn(controller, 'kind'), textIn(controller, 'name')];
  if (kind === '' || name === '' || kind === 'Node') return undefined;
  const { namespace } = referenceOf(object);
  const owner = {
    apiVersion: textIn(controller, 'apiVersion') || (usualVersions.get(kind) ?? ''),
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
  };
  const read = known.get(keyOf(owner));
  return read === undefined ? ownerByName(owner, known) : referenceOf(read);
}

const makers: ReadonlyMap<string, string> = new Map([
  ['ReplicaSet', 'Deployment'],
  ['Job', 'CronJob'],
]);

/** A ReplicaSet or Job that was not read itself: what made it shows in its name. */
function ownerByName(owner: ObjectReference, known: Known): ObjectReference {
  const maker = makers.get(owner.kind);
  const name = /^(.+)-[a-z0-9]+$/.exec(owner.name)?.[1];
  if (maker === undefined || name === undefined) return owner;
  const read = known.get(keyOf({ ...owner, kind: maker, name }));
  return read === undefined ? owner : referenceOf(read);
}

/** A pod that ended or is about to runs nothing any more. */
function isOver(object: KubernetesObject): boolean {
  if (object.kind !== 'Pod') return false;
  const phase = textIn(objectIn(object as unknown as JsonObject, 'status'), 'phase');
  const isLeaving = valueIn(metadataOf(object), 'deletionTimestamp') !== undefined;
  return isLeaving || phase === 'Succeeded' || phase === 'Failed';
}
