import type { KubernetesObject } from '../object';
import { isFields } from '../fields';
import { groupedBy } from '../grouped-by';
import { compared } from '../in-order';
import { fieldsIn, labelsIn, listIn, textIn } from './field-paths';
import { isProtocol } from './rule-ports';
import type { Protocol } from './traffic';

export interface ContainerPort {
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
}

/** A pod, or the template of pods. */
export interface PodShape {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
  readonly hostNetwork: boolean;
  /** Succeeded, failed, or about to be deleted. */
  readonly ended: boolean;
  readonly addresses: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Pods that belong together: what owns them, or a pod of its own. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly pods: readonly PodShape[];
}

/** Of some workloads those of a namespace. */
export const workloadsIn = groupedBy<Workload>(({ namespace }) => namespace);

/** Whose name pods go by: their owner's, or the one that owns their owner, as the Deployment of a ReplicaSet. */
export type Ownership = 'owner' | 'topmost';

const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

const groups = /^(v1|apps\/.*|batch\/.*|extensions\/.*)$/;

interface Owner {
  readonly kind: string;
  readonly name: string;
}

/**
 * The workloads among objects, by namespace, name and kind. With `topmost`, templates whose pods are there count for
 * nothing beside them.
 */
export function workloadsOf(objects: readonly KubernetesObject[], ownership: Ownership): readonly Workload[] {
  const shaped = objects.filter(({ apiVersion }) => groups.test(apiVersion));
  const owners = new Map(shaped.map((object) => [keyOfObject(object), object]));
  const found = new Map<string, { workload: Omit<Workload, 'pods'>; pods: PodShape[]; templates: PodShape[] }>();
  for (const object of shaped) {
    const pod = podShapeOf(object);
    if (pod === undefined) continue;
    const owner = ownership === 'owner' ? ownerOf(object) : topmostOf(object, owners);
    const workload = { namespace: pod.namespace, ...owner };
    const key = JSON.stringify([workload.namespace, workload.kind, workload.name]);
    const entry = found.get(key) ?? { workload, pods: [], templates: [] };
    found.set(key, entry);
    (object.kind === 'Pod' ? entry.pods : entry.templates).push(pod);
  }
  const ordered = [...found.values()].toSorted((a, b) => compared(placeOf(a.workload), placeOf(b.workload)));
  return ordered.map(({ workload, pods, templates }) => {
    if (ownership === 'owner') return { ...workload, pods: [...pods, ...templates] };
    return { ...workload, pods: pods.length > 0 ? pods : templates.slice(0, 1) };
  });
}

const placeOf = ({ namespace, name, kind }: Omit<Workload, 'pods'>): string => [namespace, name, kind].join(' ');

const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? 'default';

const keyOfObject = (object: KubernetesObject): string =>
  JSON.stringify([namespaceOf(object), object.kind, object.metadata.name ?? '']);

/** An owner without a kind lends its name only; a Node owns nothing that it would be called by. */
function ownerOf(object: KubernetesObject): Owner {
  const self = { kind: object.kind, name: object.metadata.name ?? object.metadata.generateName ?? '' };
  if (object.kind !== 'Pod') return self;
  const owner = controllerOf(object);
  if (owner?.name === undefined || owner.kind === 'Node') return self;
  return { kind: owner.kind ?? self.kind, name: owner.name };
}

function controllerOf(object: KubernetesObject): { readonly kind?: string; readonly name?: string } | undefined {
  const owners = listIn(object.metadata, 'ownerReferences').filter(isFields);
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  const [kind, name] = [textIn(owner, 'kind'), textIn(owner, 'name')];
  return owner && { ...(kind === undefined ? {} : { kind }), ...(name === undefined ? {} : { name }) };
}

function topmostOf(object: KubernetesObject, objects: ReadonlyMap<string, KubernetesObject>): Owner {
  let last = object;
  for (let steps = 0; steps < 4; steps += 1) {
    const owner = controllerOf(last);
    if (owner?.kind === undefined || owner.name === undefined || !Object.hasOwn(templatePaths, owner.kind)) break;
    const next = objects.get(JSON.stringify([namespaceOf(object), owner.kind, owner.name]));
    if (next === undefined) return unseenOwner(last, owner.kind, owner.name);
    last = next;
  }
  return { kind: last.kind, name: last.metadata.name ?? last.metadata.generateName ?? '' };
}

/** The name of a Deployment's ReplicaSet ends in the hash that its pods carry as a label. */
function unseenOwner(object: KubernetesObject, kind: string, name: string): Owner {
  const hash = object.metadata.labels?.['pod-template-hash'];
  const isOfDeployment = kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`);
  return isOfDeployment ? { kind: 'Deployment', name: name.slice(0, -hash.length - 1) } : { kind, name };
}

function podShapeOf(object: KubernetesObject): PodShape | undefined {
  const pod = object.kind === 'Pod';
  const path = templatePaths[object.kind];
  if (!pod && path === undefined) return undefined;
  const template = pod ? object : fieldsIn(object, ...(path ?? []));
  const spec = fieldsIn(template, 'spec');
  const phase = textIn(fieldsIn(object, 'status'), 'phase');
  return {
    object,
    namespace: namespaceOf(object),
    labels: labelsIn(fieldsIn(template, 'metadata')['labels']),
    annotations: labelsIn(fieldsIn(template, 'metadata')['annotations']),
    ports: portsIn(spec),
    hostNetwork: spec['hostNetwork'] === true,
    ended: pod && (phase === 'Succeeded' || phase === 'Failed' || 'deletionTimestamp' in object.metadata),
    addresses: pod ? addressesIn(object) : [],
    spec,
  };
}

function addressesIn(object: KubernetesObject): readonly string[] {
  const listed = listIn(object, 'status', 'podIPs').map((one) => textIn(one, 'ip'));
  const all = [textIn(fieldsIn(object, 'status'), 'podIP'), ...listed];
  return [...new Set(all)].filter((address) => address !== undefined);
}

/** Init containers that run beside the others (`restartPolicy: Always`) listen, too. */
function portsIn(spec: Readonly<Record<string, unknown>>): readonly ContainerPort[] {
  const sidecars = listIn(spec, 'initContainers').filter((one) => textIn(one, 'restartPolicy') === 'Always');
  return [...listIn(spec, 'containers'), ...sidecars].flatMap((container) =>
    listIn(container, 'ports').flatMap((given) => {
      const { containerPort: port } = fieldsIn(given);
      const protocol = textIn(given, 'protocol') ?? 'TCP';
      return typeof port === 'number' && isProtocol(protocol) ? [{ name: textIn(given, 'name'), port, protocol }] : [];
    }),
  );
}
