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

type Traits = Omit<PodClass, 'index'>;

/** What a policy could tell pods apart by: of each pod, those that it shares with others. */
export type AlikePods = ReadonlyMap<PodShape, Traits>;

export function alikePods(workloads: readonly Workload[], traits: ClassTraits): AlikePods {
  const known = new Map<string, Traits>();
  return new Map(
    workloads.flatMap(({ pods }) =>
      pods.map((pod) => {
        const one = traitsOf(pod, traits);
        const key = JSON.stringify([one.namespace, one.labels, one.portsKey, one.free, one.addresses]);
        const shared = known.get(key) ?? one;
        known.set(key, shared);
        return [pod, shared];
      }),
    ),
  );
}

function traitsOf(pod: PodShape, { hostNetworkIsFree, addressesCount }: ClassTraits): Traits {
  const ports = pod.ports.filter(({ name }) => name !== undefined);
  return {
    namespace: pod.namespace,
    labels: pod.labels,
    ports,
    portsKey: JSON.stringify(ports),
    free: hostNetworkIsFree && pod.hostNetwork,
    addresses: addressesCount ? pod.addresses : [],
  };
}

/** The classes of pods, as coarse as the policies' selectors allow. */
export function classify(
  alike: AlikePods,
  policies: readonly Policy[],
): { readonly classes: readonly PodClass[]; readonly of: (pod: PodShape) => PodClass | undefined } {
  const keys = labelKeysIn(policies);
  const [byKey, of] = [new Map<string, PodClass>(), new Map<Traits | undefined, PodClass>()];
  for (const traits of new Set(alike.values())) {
    const labels = Object.fromEntries(
      Object.entries(traits.labels)
        .filter(([name]) => keys.has(name))
        .toSorted(),
    );
    const key = JSON.stringify([traits.namespace, labels, traits.portsKey, traits.free, traits.addresses]);
    const known = byKey.get(key) ?? { ...traits, index: byKey.size, labels };
    byKey.set(key, known);
    of.set(traits, known);
  }
  return { classes: [...byKey.values()], of: (pod) => of.get(alike.get(pod)) };
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
