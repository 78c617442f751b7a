import type { KubernetesObject, ObjectMeta } from '../../core/kubernetes-object';
import { isFields, only, without, type Fields } from './fields';

/** What of an object's state is asked for; of kinds that are not here, all of it. */
const states: Readonly<Record<string, readonly string[]>> = {
  Pod: ['phase', 'podIP', 'podIPs'],
  Node: ['nodeInfo', 'addresses'],
  Job: ['completionTime'],
  Deployment: [],
  ReplicaSet: [],
  DaemonSet: [],
  StatefulSet: [],
  CronJob: [],
  Service: ['loadBalancer'],
  Ingress: [],
};

/** Where a pod is put and how it is ended says nothing of what it may do. Which system its nodes have, `nodeSelector` tells. */
const placement = [
  'affinity',
  'dnsConfig',
  'dnsPolicy',
  'enableServiceLinks',
  'overhead',
  'preemptionPolicy',
  'priority',
  'priorityClassName',
  'readinessGates',
  'restartPolicy',
  'schedulerName',
  'schedulingGates',
  'terminationGracePeriodSeconds',
  'tolerations',
  'topologySpreadConstraints',
];

const ofContainers = ['imagePullPolicy', 'resources', 'terminationMessagePath', 'terminationMessagePolicy'];

/**
 * An item of a list as what controls ask for: who it is and what it is to be. Items of the server's own kinds carry no kind
 * and version of their own; the list tells them.
 */
export function reduced(item: Fields, of: { readonly kind: string; readonly apiVersion: string }): KubernetesObject {
  const { metadata, spec, status, kind: ownKind, apiVersion: ownVersion, ...others } = item;
  const kind = typeof ownKind === 'string' ? ownKind : of.kind;
  const apiVersion = typeof ownVersion === 'string' ? ownVersion : of.apiVersion;
  const wanted = kind === 'Pod' ? podSpec(spec) : spec;
  const state = stateOf(kind, status);
  return {
    apiVersion,
    kind,
    metadata: metaOf(isFields(metadata) ? metadata : {}),
    ...others,
    ...(wanted !== undefined && { spec: wanted as never }),
    ...(state !== undefined && { status: state }),
  };
}

/** What `kubectl apply` was given stands in an annotation once more. */
const applied = 'kubectl.kubernetes.io/last-applied-configuration';

const identity = ['name', 'generateName', 'namespace', 'labels', 'deletionTimestamp'];

function metaOf(metadata: Fields): ObjectMeta {
  const { annotations, ownerReferences } = metadata;
  const notes = isFields(annotations) ? without(annotations, [applied]) : undefined;
  const owners = Array.isArray(ownerReferences) ? ownerReferences.filter(isFields).map(ownerOf) : undefined;
  return {
    ...only(metadata, identity),
    ...(notes !== undefined && { annotations: notes as never }),
    ...(owners !== undefined && { ownerReferences: owners }),
  };
}

function ownerOf(owner: Fields): Fields {
  return only(owner, ['apiVersion', 'kind', 'name', 'controller']);
}

function podSpec(spec: unknown): unknown {
  if (!isFields(spec)) return spec;
  const lists = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((name) => {
    const list = spec[name];
    return Array.isArray(list) ? [[name, list.map((one) => (isFields(one) ? without(one, ofContainers) : one))]] : [];
  });
  return { ...without(spec, placement), ...Object.fromEntries(lists) };
}

function stateOf(kind: string, status: unknown): unknown {
  if (!isFields(status)) return undefined;
  const wanted = Object.hasOwn(states, kind) ? states[kind] : undefined;
  if (wanted === undefined) return status;
  const state = only(status, wanted);
  return Object.keys(state).length === 0 ? undefined : state;
}

/** About how many bytes a value takes, from its texts and fields. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let weight = 32;
  for (const one of Array.isArray(value) ? value : Object.values(value)) weight += 8 + weightOf(one);
  return weight;
}
