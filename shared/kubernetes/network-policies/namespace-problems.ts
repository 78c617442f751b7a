import { workloadText } from '../reachability/connections';
import { directions, type Policy } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import { isEmptySelector, selects } from '../reachability/selector';
import type { PodShape } from '../reachability/workloads';
import type { NetworkFacts } from './facts';
import type { Coverage, NamespacePolicies } from './grade';
import { dnsProblems, nameLookupProblem, scrapeProblem } from './lifelines';
import { jointOpening, openingsOf } from './openings';
import type { NetworkPolicyProblem } from './problem';

/** What keeps a namespace below default deny. */
export function coverageProblems(
  { namespace }: NamespacePolicies,
  { grade, uncovered, withoutDefaultDeny }: Coverage,
): readonly NetworkPolicyProblem[] {
  if (grade === 'none') {
    const reason = `namespace ${namespace} has no network policy, so that its pods are open to everyone; add a default deny for ingress and egress`;
    return [{ rule: 'no-policy', severity: 'high', reason }];
  }
  const open = uncovered.map(({ workload, direction }): NetworkPolicyProblem => {
    const object = workload.pods[0]?.object;
    const reason = `no policy isolates ${workloadText(workload)} for ${direction}; it is open to everyone`;
    return { rule: 'not-isolated', severity: 'high', reason, ...(object === undefined ? {} : { object }) };
  });
  const deny = withoutDefaultDeny.map((direction): NetworkPolicyProblem => ({
    rule: `no-default-deny-${direction}`,
    severity: 'medium',
    reason: `namespace ${namespace} has no default deny for ${direction}: no policy selects every pod, so that new pods are open; add one with an empty podSelector`,
  }));
  return [...open, ...deny];
}

export interface Advisories {
  /** What keeps a namespace below zero trust. */
  readonly openings: readonly NetworkPolicyProblem[];
  readonly others: readonly NetworkPolicyProblem[];
}

export function advisoriesOf(
  inside: NamespacePolicies,
  reachability: Reachability,
  facts: NetworkFacts,
  claimsToBeManaged: boolean,
): Advisories {
  const pods = inside.workloads.flatMap((workload) => workload.pods);
  const limits = { engine: facts.engine, widestRange: facts.widestRange ?? 100 };
  const { policies } = inside;
  const ofRules = policies.flatMap((policy) => openingsOf(policy, selectedBy(policy, pods), limits));
  const joint = directions.flatMap((direction) => jointOpening(policies, direction) ?? []);
  return {
    openings: [...ofRules, ...joint],
    others: [
      ...policies.flatMap((policy) => policyAdvisories(policy, pods)),
      ...dnsAdvisories(pods, reachability),
      ...lookupAdvisories(inside, reachability, facts),
      ...scrapeAdvisories(inside, reachability),
      ...(claimsToBeManaged ? [claim(inside.namespace)] : []),
    ],
  };
}

function claim(namespace: string): NetworkPolicyProblem {
  const reason = `namespace ${namespace} carries the label kubernetes.azure.com/managedby of AKS but is none of its namespaces; take the label off`;
  return { rule: 'claims-to-be-managed', severity: 'low', reason };
}

const selectedBy = ({ selector }: Policy, pods: readonly PodShape[]): readonly PodShape[] =>
  pods.filter(({ labels }) => selects(selector, labels));

function policyAdvisories(policy: Policy, pods: readonly PodShape[]): readonly NetworkPolicyProblem[] {
  const { name, object, dead } = policy;
  const dangling = !isEmptySelector(policy.selector) && selectedBy(policy, pods).length === 0;
  return [
    ...dead.map((direction) => ({
      rule: 'dead-rules',
      severity: 'low' as const,
      reason: `policy ${name}: its ${direction} rules have no effect, since policyTypes does not name the direction`,
      object,
      path: `spec.${direction}`,
    })),
    ...(dangling
      ? [
          {
            rule: 'selects-nothing',
            severity: 'low' as const,
            reason: `policy ${name} selects no pod; look for a typing error in its labels`,
            object,
            path: 'spec.podSelector',
          },
        ]
      : []),
  ];
}

function dnsAdvisories(pods: readonly PodShape[], reachability: Reachability): readonly NetworkPolicyProblem[] {
  const ruleSets = new Set(pods.map((pod) => reachability.rulesOf(pod, 'egress') ?? []));
  const found = [...ruleSets].flatMap(dnsProblems);
  return [...new Map(found.map((problem) => [`${problem.reason} ${problem.path ?? ''}`, problem])).values()];
}

function lookupAdvisories(
  { workloads }: NamespacePolicies,
  reachability: Reachability,
  { localDns = false }: NetworkFacts,
): readonly NetworkPolicyProblem[] {
  return workloads.flatMap((workload) => {
    const found = workload.pods
      .map((pod) => nameLookupProblem(reachability.rulesOf(pod, 'egress') ?? [], localDns))
      .find((one) => one !== undefined);
    if (found === undefined) return [];
    return [
      { rule: 'no-dns', severity: 'low' as const, mild: true as const, reason: `${workloadText(workload)} ${found}` },
    ];
  });
}

function scrapeAdvisories(
  { workloads }: NamespacePolicies,
  reachability: Reachability,
): readonly NetworkPolicyProblem[] {
  return workloads.flatMap((workload) => {
    const found = workload.pods.map((pod) => scrapeProblem(pod, reachability)).find((one) => one !== undefined);
    if (found === undefined) return [];
    return [{ rule: 'no-scrape', severity: 'low' as const, reason: `${workloadText(workload)} ${found}` }];
  });
}
