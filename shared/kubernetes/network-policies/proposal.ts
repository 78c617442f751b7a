import type { Proposal } from '../judgement';
import type { KubernetesObject } from '../object';
import { workloadText } from '../reachability/connections';
import { labelsOfNamespace } from '../reachability/pod-classes';
import type { Direction } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import { workloadsIn, type PodShape, type Workload } from '../reachability/workloads';
import { breaksBy } from './breaks';
import type { NetworkFacts } from './facts';
import { ingressPortsOf, objectsIn, publicServicesOf, targetsAmong, type Targets } from './served-ports';
import { scrapedPort } from './lifelines';
import {
  mayReachEachOther,
  podSelectorOf,
  policyNamed,
  portsOfRule,
  toNamespace,
  type PodSelector,
  type RuleDraft,
} from './policy-drafts';

/**
 * Policies that close a namespace and leave alive what its objects ask for: DNS, declared ports within the namespace,
 * Ingress, scraping, the mesh. What a policy closed before stays closed. Probes need nothing: they come from the node.
 */
export function proposalFor(
  namespace: string,
  objects: readonly KubernetesObject[],
  reachability: Reachability,
  facts: NetworkFacts,
): Proposal {
  const workloads = workloadsIn(reachability.workloads, namespace)
    .map((workload) => ({ ...workload, pods: workload.pods.filter((pod) => !pod.hostNetwork && !pod.ended) }))
    .filter(({ pods }) => pods.length > 0);
  const open = (direction: Direction) =>
    workloads.filter(({ pods }) => pods.some((pod) => reachability.rulesOf(pod, direction) === undefined));
  const context = { namespace, targets: targetsAmong(objects), facts };
  const senders = sendersOf(open('egress'), workloads);
  const drafts = [
    policyNamed('default-deny', namespace, {}, { ingress: [], egress: [] }),
    ...senders.flatMap((sender) => egressPolicies(sender, workloads, reachability, context)),
    ...open('ingress').flatMap((workload) => ingressPolicies(workload, context)),
  ];
  const policies = withFreeNames(drafts, namespace, objects);
  return {
    objects: policies,
    effects: [
      `after the default deny, namespace ${namespace} exchanges only what its policies allow; probes come from the node and stay`,
      'pods that speak to the API server, and webhooks that it calls, need rules of their own',
      ...unnamed(workloads),
      ...publicServicesOf(objectsIn(objects, namespace), workloads),
      ...breaksBy(namespace, policies, reachability),
    ],
  };
}

/** A policy that somebody wrote is not overwritten, whatever its name; and two workloads may share theirs. */
function withFreeNames(
  drafts: readonly KubernetesObject[],
  namespace: string,
  objects: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const there = objectsIn(objects, namespace).filter(({ kind }) => kind === 'NetworkPolicy');
  const taken = new Set(there.map(({ metadata }) => metadata.name ?? ''));
  return drafts.map((draft) => {
    const wanted = draft.metadata.name ?? '';
    let name = wanted;
    for (let n = 2; taken.has(name); n += 1) name = `${wanted}-${n}`;
    taken.add(name);
    return { ...draft, metadata: { ...draft.metadata, name } };
  });
}

interface Context {
  readonly namespace: string;
  readonly targets: Targets;
  readonly facts: NetworkFacts;
}

/** Whose egress rules have to be written: all pods as one while none of them is isolated yet. */
interface Sender {
  readonly name: string;
  readonly selector: PodSelector;
}

function sendersOf(open: readonly Workload[], all: readonly Workload[]): readonly Sender[] {
  if (open.length === all.length) return [{ name: 'pods', selector: {} }];
  return open.flatMap((workload) => {
    const selector = podSelectorOf(workload);
    return selector === undefined ? [] : [{ name: workload.name, selector }];
  });
}

function egressPolicies(
  { name, selector }: Sender,
  workloads: readonly Workload[],
  reachability: Reachability,
  { namespace, facts }: Context,
): readonly KubernetesObject[] {
  const listening = workloads.flatMap((workload) => {
    const [target, ports] = [podSelectorOf(workload), declaredPorts(workload.pods)];
    return target === undefined || ports.length === 0 ? [] : [{ peers: [{ podSelector: target }], ports }];
  });
  const mesh = meshRules(labelsOfNamespace(namespace, reachability.namespaces));
  const inner = [...listening, ...mesh];
  return [
    policyNamed(`allow-dns-of-${name}`, namespace, selector, { egress: [dnsRule(facts)] }),
    ...(inner.length === 0 ? [] : [policyNamed(`allow-egress-of-${name}`, namespace, selector, { egress: inner })]),
  ];
}

/** Answers that do not fit into a packet come over TCP. With a resolver on the node, pods ask that one first. */
function dnsRule({ localDns = false }: NetworkFacts): RuleDraft {
  const node = localDns ? [{ ipBlock: { cidr: '169.254.10.0/24' } }] : [];
  return {
    peers: [toNamespace('kube-system', { matchLabels: { 'k8s-app': 'kube-dns' } }), ...node],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
}

function meshRules(labels: Readonly<Record<string, string>>): readonly RuleDraft[] {
  const istio = labels['istio.io/rev'] !== undefined || labels['istio-injection'] === 'enabled';
  const osm = labels['openservicemesh.io/monitored-by'] !== undefined;
  const control = (namespace: string, app: string, port: number): RuleDraft => ({
    peers: [toNamespace(namespace, { matchLabels: { app } })],
    ports: [{ protocol: 'TCP', port }],
  });
  return [
    ...(istio ? [control('aks-istio-system', 'istiod', 15_012)] : []),
    ...(osm ? [control('kube-system', 'osm-controller', 15_128)] : []),
  ];
}

function ingressPolicies(workload: Workload, { namespace, targets, facts }: Context): readonly KubernetesObject[] {
  const selector = podSelectorOf(workload);
  if (selector === undefined) return [];
  const ports = declaredPorts(workload.pods);
  const served = ingressPortsOf(targets, workload);
  const controllers = facts.ingressNamespaces ?? [];
  const scraped = [...new Set(workload.pods.map(scrapedPort).filter((port) => port !== undefined))];
  const rules: readonly RuleDraft[] = [
    ...(ports.length === 0 ? [] : [{ peers: [mayReachEachOther], ports }]),
    ...(served.length === 0 || controllers.length === 0
      ? []
      : [{ peers: controllers.map((name) => toNamespace(name)), ports: served }]),
    ...(scraped.length === 0 ? [] : [{ peers: agents, ports: scraped.map((port) => ({ protocol: 'TCP', port })) }]),
  ];
  return rules.length === 0
    ? []
    : [policyNamed(`allow-ingress-to-${workload.name}`, namespace, selector, { ingress: rules })];
}

/** Pods of Container insights and of managed Prometheus, by the labels that their manifests give them. */
const agents = [
  { matchExpressions: [{ key: 'dsName', operator: 'In', values: ['ama-logs-ds', 'ama-metrics-node'] }] },
  { matchExpressions: [{ key: 'rsName', operator: 'In', values: ['ama-logs-rs', 'ama-metrics'] }] },
].map((pods) => toNamespace('kube-system', pods));

function declaredPorts(pods: readonly PodShape[]): ReturnType<typeof portsOfRule> {
  return portsOfRule(pods.flatMap(({ ports }) => ports));
}

function unnamed(workloads: readonly Workload[]): readonly string[] {
  const nameless = workloads.filter((workload) => podSelectorOf(workload) === undefined).map(workloadText);
  if (nameless.length === 0) return [];
  return [`no labels tell ${nameless.join(', ')} from others, so that nothing is allowed to them by name`];
}
