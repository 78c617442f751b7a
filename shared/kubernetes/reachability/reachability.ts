import type { KubernetesObject } from '../object';
import { outsideOf, type Opening } from './outside';
import { peerSetsOf } from './peers';
import { alikePods, classify, namespacesOf, type AlikePods, type Namespaces, type PodClass } from './pod-classes';
import { policiesOf, type Direction, type Policy, type PolicyProblem, type ReadPolicies } from './policy';
import { sidesOf, type PolicyRule, type Sides } from './sides';
import { commonTraffic, isNoTraffic, jointTraffic, noTraffic, type Traffic } from './traffic';
import { workloadsOf, type Ownership, type PodShape, type Workload } from './workloads';

export interface ReachabilityOptions {
  readonly ownership: Ownership;
  /** `free`: what it is in a cluster; `bound`: as if policies could reach it. */
  readonly hostNetwork: 'free' | 'bound';
  /** Whether an ipBlock also means pods with such an address (Azure NPM, Calico) or never (Cilium). */
  readonly ipBlocks: 'outside' | 'pods-too';
}

export const inCluster: ReachabilityOptions = { ownership: 'topmost', hostNetwork: 'free', ipBlocks: 'outside' };

/** Who can talk to whom, as the NetworkPolicies leave it. Answers are worked out when they are asked for. */
export interface Reachability {
  readonly options: ReachabilityOptions;
  readonly workloads: readonly Workload[];
  readonly policies: readonly Policy[];
  readonly problems: readonly PolicyProblem[];
  readonly namespaces: Namespaces;
  /** The same text for workloads that no policy can tell from each other: one answer is true of them all. */
  readonly sortOf: (workload: Workload) => string;
  /** What some pod of one workload may send to some pod of the other. */
  readonly between: (from: Workload, to: Workload) => Traffic;
  /** What addresses outside the cluster may send to it (`ingress`) or get from it (`egress`). */
  readonly outside: (workload: Workload, direction: Direction) => readonly Opening[];
  /** Rules that isolate a pod; undefined when no policy does. */
  readonly rulesOf: (pod: PodShape, direction: Direction) => readonly PolicyRule[] | undefined;
  /** The same workloads, with further NetworkPolicies: what these would change. */
  readonly withPolicies: (further: readonly KubernetesObject[]) => Reachability;
}

/** Reads namespaces, workloads and NetworkPolicies out of objects of any kind. */
export function reachabilityOf(objects: readonly KubernetesObject[], options = inCluster): Reachability {
  const workloads = workloadsOf(objects, options.ownership);
  const alike = alikePods(workloads, {
    hostNetworkIsFree: options.hostNetwork === 'free',
    addressesCount: options.ipBlocks === 'pods-too',
  });
  return modelOf({ options, workloads, namespaces: namespacesOf(objects), alike }, policiesOf(objects));
}

/** What policies do not change. */
interface Cluster extends Pick<Reachability, 'options' | 'workloads' | 'namespaces'> {
  readonly alike: AlikePods;
}

function modelOf(cluster: Cluster, { policies, problems }: ReadPolicies): Reachability {
  const { options, workloads, namespaces, alike } = cluster;
  const { classes, of } = classify(alike, policies);
  const sides = sidesOf(classes, policies, peerSetsOf(classes, namespaces));
  const classOf = (pod: PodShape): PodClass => of(pod) ?? strange(pod);
  const classesOf = distinctClasses(classOf);
  const opening = openingBetween(sides);
  return {
    options,
    workloads,
    policies,
    problems,
    namespaces,
    sortOf: (workload) =>
      classesOf(workload)
        .map(({ index }) => index)
        .toSorted((a, b) => a - b)
        .join(),
    between: (from, to) => between(opening, classesOf(from), classesOf(to)),
    outside: (workload, direction) =>
      outsideOf(
        classesOf(workload).map((pod) => ({ pod, rules: sides.rulesOf(pod, direction) })),
        direction,
      ),
    rulesOf: (pod, direction) => sides.rulesOf(classOf(pod), direction),
    withPolicies: (further) => {
      const more = policiesOf(further);
      return modelOf(cluster, {
        policies: [...policies, ...more.policies],
        problems: [...problems, ...more.problems],
      });
    },
  };
}

type OpeningBetween = (from: PodClass, to: PodClass) => Traffic;

function between(opening: OpeningBetween, from: readonly PodClass[], to: readonly PodClass[]): Traffic {
  const [a, b] = [from[0], to[0]];
  if (from.length === 1 && to.length === 1 && a !== undefined && b !== undefined) return opening(a, b);
  return jointTraffic(from.flatMap((one) => to.map((other) => opening(one, other))));
}

/** What is sent and taken is the same object again and again, so what is common to both is worked out once. */
function openingBetween(sides: Sides): OpeningBetween {
  const known = new Map<Traffic, Map<Traffic, Traffic>>();
  return (from, to) => {
    const sent = sides.side(from, to, 'egress');
    if (isNoTraffic(sent)) return noTraffic;
    const taken = sides.side(to, from, 'ingress');
    if (isNoTraffic(taken)) return noTraffic;
    const bySent = known.get(sent) ?? new Map<Traffic, Traffic>();
    known.set(sent, bySent);
    const common = bySent.get(taken) ?? commonTraffic(sent, taken);
    bySent.set(taken, common);
    return common;
  };
}

function strange(pod: PodShape): never {
  throw new RangeError(`the pod ${pod.namespace}/${pod.object.metadata.name ?? ''} is not one of this cluster`);
}

function distinctClasses(classOf: (pod: PodShape) => PodClass): (workload: Workload) => readonly PodClass[] {
  const known = new Map<Workload, readonly PodClass[]>();
  return (workload) => {
    const found = known.get(workload) ?? [...new Set(workload.pods.map(classOf))];
    known.set(workload, found);
    return found;
  };
}
