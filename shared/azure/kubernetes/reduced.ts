import type { KubernetesObject, ObjectMeta } from '../../core/kubernetes-object';
import { isFields, without, type Fields } from './fields';

/** Kinds whose state no control asks for: what they are to be is in their spec. */
const stateless = new Set([
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'Service',
  'Ingress',
]);

/** Where a pod is put and how it is ended says nothing of what it may do. */
const placement = [
  'affinity',
  'dnsConfig',
  'dnsPolicy',
  'enableServiceLinks',
  'nodeSelector',
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

function metaOf({ name, generateName, namespace, labels, annotations, ownerReferences }: Fields): ObjectMeta {
  const notes = isFields(annotations) ? without(annotations, [applied]) : undefined;
  const owners = Array.isArray(ownerReferences) ? ownerReferences.filter(isFields).map(ownerOf) : undefined;
  const fields = { name, generateName, namespace, labels, annotations: notes, ownerReferences: owners };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function ownerOf({ kind, name, controller }: Fields): Fields {
  return { kind, name, ...(controller !== undefined && { controller }) };
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
  if (!isFields(status) || stateless.has(kind)) return undefined;
  if (kind === 'Pod') return { phase: status['phase'] };
  return kind === 'Node' ? { nodeInfo: status['nodeInfo'], addresses: status['addresses'] } : status;
}

/** About how many bytes a value takes, from its texts and fields. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let weight = 32;
  for (const one of Array.isArray(value) ? value : Object.values(value)) weight += 8 + weightOf(one);
  return weight;
}
