import type { Opening } from './outside';
import { labelsOfNamespace, nameLabel } from './pod-classes';
import { directions, type Direction, type Peer, type PodPeer } from './policy';
import type { Reachability } from './reachability';
import { trafficTo, trafficToAnyone } from './rule-ports';
import type { PolicyRule } from './sides';
import { isEmptySelector, selectorOf, selectorText, selects, type Selector } from './selector';
import { allTraffic, jointTraffic, isNoTraffic, isWithinTraffic, type Traffic } from './traffic';
import type { PodShape, Workload } from './workloads';

/** Who a workload is open to, beyond the pods of today. */
export type Exposed =
  | { readonly kind: 'outside'; readonly opening: Opening }
  | { readonly kind: 'entire-cluster' }
  | { readonly kind: 'future'; readonly pods: FuturePods };

/** Pods that need not exist yet: what a rule's selectors would mean. */
export interface FuturePods {
  readonly namespaces: Selector;
  /** Undefined: every pod. */
  readonly pods: Selector | undefined;
}

export interface Exposure {
  readonly workload: Workload;
  readonly direction: Direction;
  readonly to: Exposed;
  readonly traffic: Traffic;
}

/** Openings towards the outside, the entire cluster, and pods that need not exist yet. */
export function exposuresOf(reachability: Reachability): readonly Exposure[] {
  const futures = futurePodsOf(reachability);
  return reachability.workloads.flatMap((workload) =>
    directions.flatMap((direction) => {
      const found = exposedTo(reachability, workload, direction, futures);
      return found.filter(({ traffic }) => !isNoTraffic(traffic)).map((one) => ({ workload, direction, ...one }));
    }),
  );
}

function exposedTo(
  reachability: Reachability,
  workload: Workload,
  direction: Direction,
  futures: readonly FuturePods[],
): readonly { readonly to: Exposed; readonly traffic: Traffic }[] {
  const openTo = (isMeant: (rule: PolicyRule) => boolean): Traffic =>
    jointTraffic(workload.pods.map((pod) => openBy(reachability.rulesOf(pod, direction), pod, direction, isMeant)));
  const everywhere = openTo(({ rule }) => rule.peers?.some(isEveryPod) ?? true);
  const beyond = futures.map((pods) => ({
    to: { kind: 'future' as const, pods },
    traffic: openTo((rule) => meansFuture(rule, pods)),
  }));
  return [
    ...reachability
      .outside(workload, direction)
      .map((opening) => ({ to: { kind: 'outside' as const, opening }, traffic: opening.traffic })),
    { to: { kind: 'entire-cluster' }, traffic: everywhere },
    ...beyond.filter(({ traffic }) => !isWithinTraffic(traffic, everywhere)),
  ];
}

function openBy(
  rules: readonly PolicyRule[] | undefined,
  pod: PodShape,
  direction: Direction,
  isMeant: (rule: PolicyRule) => boolean,
): Traffic {
  if (rules === undefined) return allTraffic;
  const traffics = rules.filter(isMeant).map(({ rule: { ports } }) => {
    if (ports === undefined) return allTraffic;
    return direction === 'ingress' ? trafficTo(ports, pod.ports) : trafficToAnyone(ports);
  });
  return jointTraffic(traffics);
}

/** Whether a peer means every pod of every namespace. */
export function isEveryPod(peer: Peer): boolean {
  if (peer.kind === 'block' || peer.namespaces === undefined) return false;
  return isEmptySelector(peer.namespaces) && (peer.pods === undefined || isEmptySelector(peer.pods));
}

function meansFuture({ rule, policy }: PolicyRule, future: FuturePods): boolean {
  return (rule.peers ?? [undefined]).some((peer) => {
    if (peer === undefined) return true;
    if (peer.kind === 'block') return false;
    const own = futureOf(peer, policy.namespace);
    const pods = own.pods === undefined || own.pods.key === future.pods?.key;
    return pods && (isEmptySelector(own.namespaces) || own.namespaces.key === future.namespaces.key);
  });
}

function futureOf({ namespaces, pods }: PodPeer, policyNamespace: string): FuturePods {
  return {
    namespaces: namespaces ?? selectorOf({ [nameLabel]: policyNamespace }),
    pods: pods === undefined || isEmptySelector(pods) ? undefined : pods,
  };
}

/** What the rules' peers would mean, each once. Pods that are named by labels only and exist are no matter of the future. */
function futurePodsOf(reachability: Reachability): readonly FuturePods[] {
  const found = new Map<string, FuturePods>();
  const peers = reachability.policies.flatMap(({ namespace, ingress = [], egress = [] }) =>
    [...ingress, ...egress].flatMap(({ peers = [] }) => peers.map((peer) => ({ peer, namespace }))),
  );
  for (const { peer, namespace } of peers) {
    if (peer.kind === 'block' || isEveryPod(peer)) continue;
    const future = futureOf(peer, namespace);
    const key = JSON.stringify([future.namespaces.key, future.pods?.key]);
    found.set(key, isByLabels(future) ? future : (found.get(key) ?? future));
  }
  const pods = reachability.workloads.flatMap((workload) => workload.pods);
  return [...found.values()].filter((future) => !(isByLabels(future) && pods.some((pod) => exists(future, pod))));

  function exists({ namespaces, pods }: FuturePods, pod: PodShape): boolean {
    if (pods === undefined || isEmptySelector(namespaces)) return false;
    return selects(pods, pod.labels) && selects(namespaces, labelsOfNamespace(pod.namespace, reachability.namespaces));
  }
}

const isByLabels = ({ namespaces, pods }: FuturePods): boolean =>
  namespaces.requirements.length === 0 && (pods?.requirements.length ?? 0) === 0;

function nameIn({ labels, requirements }: Selector): string | undefined {
  const [first, ...more] = labels;
  return first?.[0] === nameLabel && more.length === 0 && requirements.length === 0 ? first[1] : undefined;
}

/** `entire-cluster`, or `[namespace with {env=qa}]/[all pods]`. */
export function exposedText(to: Exposed): string {
  if (to.kind === 'entire-cluster') return to.kind;
  if (to.kind === 'outside') return `${to.opening.first}-${to.opening.last}[External]`;
  const { namespaces, pods } = to.pods;
  const where = isEmptySelector(namespaces) ? '[all namespaces]' : `[namespace with ${selectorText(namespaces)}]`;
  return `${nameIn(namespaces) ?? where}/${pods === undefined ? '[all pods]' : `[pod with ${selectorText(pods)}]`}`;
}
