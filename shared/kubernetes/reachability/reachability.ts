import { ipRangesFrom, isWithinRanges } from '../../core/ip-ranges';
import type { KubernetesObject } from '../object';
import { outsideOf, type Opening } from './outside';
import { classify, labelsOfNamespace, namespacesOf, type Namespaces, type PodClass } from './pod-classes';
import { policiesOf, type Direction, type Peer, type Policy, type PolicyProblem, type Rule } from './policy';
import { trafficTo } from './rule-ports';
import { selects } from './selector';
import { allTraffic, bothTraffics, commonTraffic, isNoTraffic, noTraffic, type Traffic } from './traffic';
import { workloadsOf, type Ownership, type PodShape, type Workload } from './workloads';

export interface ReachabilityOptions {
  readonly ownership: Ownership;
  /** `free`: what it is in a cluster; `bound`: as if policies could reach it. */
  readonly hostNetwork: 'free' | 'bound';
  /** Whether an ipBlock also means pods with such an address (Azure NPM, Calico) or never (Cilium). */
  readonly ipBlocks: 'outside' | 'pods-too';
}

export const inCluster: ReachabilityOptions = { ownership: 'topmost', hostNetwork: 'free', ipBlocks: 'outside' };

/** A policy's rule, and whose it is. */
export interface PolicyRule {
  readonly policy: Policy;
  readonly rule: Rule;
}

/** Who can talk to whom, as the NetworkPolicies leave it. Answers are worked out when they are asked for. */
export interface Reachability {
  readonly workloads: readonly Workload[];
  readonly policies: readonly Policy[];
  readonly problems: readonly PolicyProblem[];
  readonly namespaces: Namespaces;
  /** What some pod of one workload may send to some pod of the other. */
  readonly between: (from: Workload, to: Workload) => Traffic;
  /** What addresses outside the cluster may send to it (`ingress`) or get from it (`egress`). */
  readonly outside: (workload: Workload, direction: Direction) => readonly Opening[];
  /** Rules that isolate a pod; undefined when no policy does. */
  readonly rulesOf: (pod: PodShape, direction: Direction) => readonly PolicyRule[] | undefined;
  /** Whether a rule means this pod among its peers. */
  readonly means: (peer: Peer, policyNamespace: string, pod: PodShape) => boolean;
}

/** Reads namespaces, workloads and NetworkPolicies out of objects of any kind. */
export function reachabilityOf(objects: readonly KubernetesObject[], options = inCluster): Reachability {
  const { policies, problems } = policiesOf(objects);
  const [namespaces, workloads] = [namespacesOf(objects), workloadsOf(objects, options.ownership)];
  const { classes, of } = classify(workloads, policies, {
    hostNetworkIsFree: options.hostNetwork === 'free',
    addressesCount: options.ipBlocks === 'pods-too',
  });
  const rules = rulesByClass(classes, policies);
  const means = peerTest(classes, namespaces);
  const pairs = new Map<number, Traffic>();
  const classOf = (pod: PodShape): PodClass => of.get(pod) ?? strange(pod);
  const classesOf = distinctClasses(classOf);

  const side = (own: PodClass, other: PodClass, direction: Direction): Traffic => {
    const found = rules[direction][own.index];
    if (found === undefined) return allTraffic;
    const listener = direction === 'ingress' ? own : other;
    return bothTraffics(noTraffic, ...found.filter(isMeant).map(({ rule: { ports } }) => opened(ports, listener)));
    function isMeant({ rule, policy }: PolicyRule): boolean {
      return rule.peers === undefined || rule.peers.some((peer) => means(peer, policy.namespace, other));
    }
  };
  const open = (from: PodClass, to: PodClass): Traffic => {
    const key = from.index * classes.length + to.index;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const sent = side(from, to, 'egress');
    const traffic = isNoTraffic(sent) ? sent : commonTraffic(sent, side(to, from, 'ingress'));
    pairs.set(key, traffic);
    return traffic;
  };

  return {
    workloads,
    policies,
    problems,
    namespaces,
    between: (from, to) =>
      bothTraffics(noTraffic, ...classesOf(from).flatMap((a) => classesOf(to).map((b) => open(a, b)))),
    outside: (workload, direction) =>
      outsideOf(
        classesOf(workload).map((one) => ({ pod: one, rules: rules[direction][one.index] })),
        direction,
      ),
    rulesOf: (pod, direction) => rules[direction][classOf(pod).index],
    means: (peer, namespace, pod) => means(peer, namespace, classOf(pod)),
  };
}

function opened(ports: Rule['ports'], listener: PodClass): Traffic {
  return ports === undefined ? allTraffic : trafficTo(ports, listener.ports);
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

type RulesByClass = Readonly<Record<Direction, readonly (readonly PolicyRule[] | undefined)[]>>;

function rulesByClass(classes: readonly PodClass[], policies: readonly Policy[]): RulesByClass {
  const byNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
  const isolating = classes.map(({ namespace, labels, free }) =>
    free ? [] : (byNamespace.get(namespace) ?? []).filter(({ selector }) => selects(selector, labels)),
  );
  const of = (direction: Direction) =>
    isolating.map((policies) => {
      const found = policies.filter((policy) => policy[direction] !== undefined);
      if (found.length === 0) return undefined;
      return found.flatMap((policy) => (policy[direction] ?? []).map((rule) => ({ policy, rule })));
    });
  return { ingress: of('ingress'), egress: of('egress') };
}

/** Whether a peer means the pods of a class: one answer for all peers that select alike. */
function peerTest(
  classes: readonly PodClass[],
  namespaces: Namespaces,
): (peer: Peer, namespace: string, other: PodClass) => boolean {
  const known = new Map<string, ReadonlySet<number>>();
  const keys = new WeakMap<Peer, string>();
  return (peer, namespace, other) => {
    const key = keys.get(peer) ?? keyOfPeer(peer, namespace);
    keys.set(peer, key);
    const found = known.get(key);
    if (found !== undefined) return found.has(other.index);
    const meant = new Set(classes.filter((one) => isMeant(peer, namespace, one, namespaces)).map(({ index }) => index));
    known.set(key, meant);
    return meant.has(other.index);
  };
}

function keyOfPeer(peer: Peer, namespace: string): string {
  if (peer.kind === 'block')
    return [...peer.ranges.v4, ...peer.ranges.v6].map(({ from, to }) => `${from}-${to}`).join();
  return JSON.stringify([peer.namespaces?.key ?? { namespace }, peer.pods?.key ?? '']);
}

function isMeant(peer: Peer, policyNamespace: string, other: PodClass, namespaces: Namespaces): boolean {
  if (peer.kind === 'block') return other.addresses.some((address) => isInBlock(address, peer));
  if (other.free) return false;
  const inNamespace =
    peer.namespaces === undefined
      ? other.namespace === policyNamespace
      : selects(peer.namespaces, labelsOfNamespace(other.namespace, namespaces));
  return inNamespace && (peer.pods === undefined || selects(peer.pods, other.labels));
}

function isInBlock(address: string, peer: Peer & { kind: 'block' }): boolean {
  const ranges = ipRangesFrom(address);
  return ranges !== undefined && isWithinRanges(ranges, peer.ranges);
}
