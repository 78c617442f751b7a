import type { KubernetesObject } from '../object';
import type { Policy } from './policy';
import type { Selector } from './selector';
import type { ContainerPort, PodShape, Workload } from './workloads';

/** Pods that no policy can tell from each other. */
export interface PodClass {
  readonly index: number;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those with a name. */
  readonly ports: readonly ContainerPort[];
  readonly portsKey: string;
  /** In the network of its node, where no policy reaches it. */
  readonly free: boolean;
  readonly addresses: readonly string[];
}

export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

export const nameLabel = 'kubernetes.io/metadata.name';

/** Labels of the namespaces among objects; every namespace carries its name, since Kubernetes 1.21. */
export function namespacesOf(objects: readonly KubernetesObject[]): Namespaces {
  return new Map(
    objects
      .filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1')
      .map(({ metadata: { name = '', labels } }) => [name, { ...labels, [nameLabel]: name }]),
  );
}

export function labelsOfNamespace(name: string, namespaces: Namespaces): Readonly<Record<string, string>> {
  return namespaces.get(name) ?? { [nameLabel]: name };
}

export interface ClassTraits {
  /** Whether pods in their node's network are out of the policies' reach. */
  readonly hostNetworkIsFree: boolean;
  /** Whether the addresses of pods tell them apart. */
  readonly addressesCount: boolean;
}

/** The classes of the workloads' pods, as coarse as the policies' selectors allow. */
export function classify(
  workloads: readonly Workload[],
  policies: readonly Policy[],
  traits: ClassTraits,
): { readonly classes: readonly PodClass[]; readonly of: ReadonlyMap<PodShape, PodClass> } {
  const keys = labelKeysIn(policies);
  const [byKey, of] = [new Map<string, PodClass>(), new Map<PodShape, PodClass>()];
  for (const pod of workloads.flatMap(({ pods }) => pods)) {
    const ports = pod.ports.filter(({ name }) => name !== undefined);
    const shape = {
      namespace: pod.namespace,
      labels: Object.fromEntries(
        Object.entries(pod.labels)
          .filter(([key]) => keys.has(key))
          .toSorted(),
      ),
      ports,
      portsKey: JSON.stringify(ports),
      free: traits.hostNetworkIsFree && pod.hostNetwork,
      addresses: traits.addressesCount ? pod.addresses : [],
    };
    const key = JSON.stringify(shape);
    const known = byKey.get(key) ?? { index: byKey.size, ...shape };
    byKey.set(key, known);
    of.set(pod, known);
  }
  return { classes: [...byKey.values()], of };
}

function labelKeysIn(policies: readonly Policy[]): ReadonlySet<string> {
  const selectors = policies.flatMap(({ selector, ingress = [], egress = [] }) => [
    selector,
    ...[...ingress, ...egress].flatMap(({ peers = [] }) =>
      peers.flatMap((peer) => (peer.kind === 'pods' ? [peer.pods] : [])),
    ),
  ]);
  return new Set(selectors.filter((selector) => selector !== undefined).flatMap(keysIn));
}

const keysIn = ({ labels, requirements }: Selector): readonly string[] => [
  ...labels.map(([key]) => key),
  ...requirements.map(({ key }) => key),
];
