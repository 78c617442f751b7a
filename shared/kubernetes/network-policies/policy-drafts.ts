import type { KubernetesObject } from '../object';
import type { Json } from '../../core/resource';
import { nameLabel } from '../reachability/pod-classes';
import type { ContainerPort, Workload } from '../reachability/workloads';

export type PodSelector = Readonly<Record<string, Json>>;

export interface RuleDraft {
  readonly peers: readonly PodSelector[];
  readonly ports: readonly PortDraft[];
}

export type PortDraft = Readonly<Record<string, string | number>>;

/** Both types are named where both directions are given: then the server fills in nothing. */
export function policyNamed(
  name: string,
  namespace: string,
  podSelector: PodSelector,
  rules: { readonly ingress?: readonly RuleDraft[]; readonly egress?: readonly RuleDraft[] },
): KubernetesObject {
  const { ingress, egress } = rules;
  const spec: Record<string, Json> = {
    podSelector,
    policyTypes: [...(ingress === undefined ? [] : ['Ingress']), ...(egress === undefined ? [] : ['Egress'])],
  };
  if (ingress?.length) spec['ingress'] = ingress.map(({ peers, ports }) => ({ from: peers, ports }));
  if (egress?.length) spec['egress'] = egress.map(({ peers, ports }) => ({ to: peers, ports }));
  const metadata = { name: name.slice(0, 240).replace(/[^a-z0-9]+$/, ''), namespace };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

/** Every pod of the policy's namespace. */
export const mayReachEachOther: PodSelector = { podSelector: {} };

/** By its name, which nobody can give to another namespace. */
export function toNamespace(name: string, podSelector?: PodSelector): PodSelector {
  const namespaceSelector = { matchLabels: { [nameLabel]: name } };
  return podSelector === undefined ? { namespaceSelector } : { namespaceSelector, podSelector };
}

/** Labels that change with every rollout or pod. */
const passing: readonly RegExp[] = [
  /^pod-template-(hash|generation)$/,
  /^controller-(revision-hash|uid)$/,
  /^job-name$/,
  /^(statefulset|apps|batch)\.kubernetes\.io\//,
];

/** Labels that all pods of a workload have and keep; undefined when there are none. */
export function podSelectorOf({ pods }: Workload): PodSelector | undefined {
  const [first, ...others] = pods;
  if (first === undefined) return undefined;
  const kept = Object.entries(first.labels)
    .filter(([key]) => !passing.some((pattern) => pattern.test(key)))
    .filter(([key, value]) => others.every(({ labels }) => labels[key] === value));
  return kept.length === 0 ? undefined : { matchLabels: Object.fromEntries(kept) };
}

export function portsOfRule(ports: readonly Pick<ContainerPort, 'port' | 'protocol'>[]): readonly PortDraft[] {
  const byKey = new Map(ports.map(({ port, protocol }) => [`${protocol} ${port}`, { protocol, port }]));
  return [...byKey.values()];
}
