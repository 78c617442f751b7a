import type { KubernetesObject } from '../object';
import { blocksIn, isIn } from './blocks';
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
  /** Of one of them: the policies' blocks hold those of the others, too, or not. */
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

type Traits = Omit<PodClass, 'index' | 'addresses'>;

interface Alike {
  /** The same object for all that have them. */
  readonly traits: Traits;
  readonly addresses: readonly string[];
}

/** What a policy could tell pods apart by: of each pod, those that it shares with others. */
export type AlikePods = ReadonlyMap<PodShape, Alike>;

export function alikePods(
  workloads: readonly Workload[],
  { hostNetworkIsFree, addressesCount }: ClassTraits,
): AlikePods {
  const [known, all] = [new Map<string, Traits>(), new Map<string, Alike>()];
  return new Map(
    workloads.flatMap(({ pods }) =>
      pods.map((pod) => {
        const own = traitsOf(pod, hostNetworkIsFree);
        const key = JSON.stringify([own.namespace, own.labels, own.portsKey, own.free]);
        const addresses = addressesCount ? pod.addresses : [];
        const one = shared(all, [key, ...addresses].join(' '), { traits: shared(known, key, own), addresses });
        return [pod, one];
      }),
    ),
  );
}

function shared<T>(known: Map<string, T>, key: string, value: T): T {
  const first = known.get(key) ?? value;
  known.set(key, first);
  return first;
}

function traitsOf(pod: PodShape, hostNetworkIsFree: boolean): Traits {
  const ports = pod.ports.filter(({ name }) => name !== undefined);
  return {
    namespace: pod.namespace,
    labels: pod.labels,
    ports,
    portsKey: JSON.stringify(ports),
    free: hostNetworkIsFree && pod.hostNetwork,
  };
}

/** The classes of pods, as coarse as the policies' selectors and blocks allow. */
export function classify(
  alike: AlikePods,
  policies: readonly Policy[],
): { readonly classes: readonly PodClass[]; readonly of: (pod: PodShape) => PodClass | undefined } {
  const [seen, blocks] = [seenBy(policies), blocksIn(policies)];
  const [byKey, of] = [new Map<string, PodClass>(), new Map<Alike | undefined, PodClass>()];
  for (const one of new Set(alike.values())) {
    const { addresses } = one;
    const { key, labels } = seen(one.traits);
    const inside = blocks.map((block) => (addresses.some((address) => isIn(address, block)) ? '1' : '0')).join('');
    const next = { ...one.traits, index: byKey.size, labels, addresses };
    of.set(one, shared(byKey, `${inside} ${key}`, next));
  }
  return { classes: [...byKey.values()], of: (pod) => of.get(alike.get(pod)) };
}

type Seen = Pick<PodClass, 'labels'> & { readonly key: string };

/** What of traits the policies' selectors look at. */
function seenBy(policies: readonly Policy[]): (traits: Traits) => Seen {
  const names = labelKeysIn(policies);
  const known = new Map<Traits, Seen>();
  return (traits) => {
    const found = known.get(traits);
    if (found !== undefined) return found;
    const entries = Object.entries(traits.labels).filter(([name]) => names.has(name));
    const labels = Object.fromEntries(entries.toSorted());
    const one = { labels, key: JSON.stringify([traits.namespace, labels, traits.portsKey, traits.free]) };
    known.set(traits, one);
    return one;
  };
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
