import type { Verdict } from '../../core/verdict';
import type { KubernetesObject } from '../object';
import { ciliumRuleSetsOf, type CiliumRuleSet } from '../reachability/cilium';
import { workloadText } from '../reachability/connections';
import { labelsOfNamespace } from '../reachability/pod-classes';
import type { PolicyProblem } from '../reachability/policy';
import { inCluster, reachabilityOf, type Reachability } from '../reachability/reachability';
import type { Workload } from '../reachability/workloads';
import type { NetworkFacts } from './facts';
import { coverageOf, type Coverage, type Grade, type NamespacePolicies } from './grade';
import { managementOf } from './managed-namespaces';
import { advisoriesOf, coverageProblems } from './namespace-problems';
import type { NetworkPolicyProblem } from './problem';

export interface NamespaceJudgement {
  readonly namespace: string;
  readonly verdict: Verdict;
  /** Undefined where nothing is judged. */
  readonly grade: Grade | undefined;
  /** In the order of the verdict's, with what they are about. */
  readonly problems: readonly NetworkPolicyProblem[];
  /** What a reader has to know beside the verdict, as pods that no policy reaches. */
  readonly notes: readonly string[];
}

export interface NetworkPolicyAudit {
  /** Whether policies have any effect in the cluster. */
  readonly cluster: Verdict;
  readonly namespaces: readonly NamespaceJudgement[];
  readonly reachability: Reachability;
}

/** Judges the NetworkPolicies of every namespace that the objects name. */
export function networkPoliciesOf(objects: readonly KubernetesObject[], facts: NetworkFacts = {}): NetworkPolicyAudit {
  const podsToo = facts.engine === 'azure' || facts.engine === 'calico';
  const reachability = reachabilityOf(objects, { ...inCluster, ipBlocks: podsToo ? 'pods-too' : 'outside' });
  const cluster = clusterVerdict(facts);
  const judge = namespaceJudge(objects, facts, reachability, cluster);
  return { cluster, namespaces: namespaceNames(reachability).map(judge), reachability };
}

function namespaceNames({ namespaces, workloads, policies, problems }: Reachability): readonly string[] {
  const named = [...workloads, ...policies].map(({ namespace }) => namespace);
  const refused = problems.map(({ object }) => object.metadata.namespace ?? 'default');
  return [...new Set([...namespaces.keys(), ...named, ...refused])].toSorted();
}

function clusterVerdict({ engine, unread }: NetworkFacts): Verdict {
  if (unread !== undefined) return { state: 'unknown', reason: unread };
  if (engine === 'none') {
    const reason =
      'nothing in the cluster enforces network policies, so that none has any effect; set networkProfile.networkPolicy or the Cilium data plane';
    return { state: 'violation', problems: [{ severity: 'high', reason }] };
  }
  if (engine === 'unknown') {
    return { state: 'unknown', reason: 'it is not known whether anything in the cluster enforces network policies' };
  }
  return {
    state: 'compliant',
    reason: engine === undefined ? 'the engine was not asked for' : `${engine} enforces network policies`,
  };
}

function namespaceJudge(
  objects: readonly KubernetesObject[],
  facts: NetworkFacts,
  reachability: Reachability,
  cluster: Verdict,
): (namespace: string) => NamespaceJudgement {
  const ciliumInForce = facts.engine === undefined || facts.engine === 'cilium';
  const cilium = ciliumInForce ? ciliumRuleSetsOf(objects) : [];
  const admin = objects.filter(({ kind }) => /^(Baseline)?AdminNetworkPolicy$|^ClusterNetworkPolicy$/.test(kind));
  return (namespace) => {
    const labels = labelsOfNamespace(namespace, reachability.namespaces);
    const management = managementOf(namespace, labels, facts.extensionNamespaces);
    if (management === 'managed') return notJudged(namespace);
    const inside = insideOf(namespace, reachability, cilium);
    const coverage = coverageOf(inside, reachability);
    const below = coverageProblems(inside, coverage);
    const advisories = advisoriesOf(inside, reachability, facts, management === 'claims');
    const refused = reachability.problems.filter(
      ({ object }) => (object.metadata.namespace ?? 'default') === namespace,
    );
    const problems = [...below, ...refused.map(refusal), ...advisories.openings, ...advisories.others];
    const doubt = doubtOf(inside, admin);
    return {
      namespace,
      problems,
      grade: gradeOf(coverage, advisories.openings.length + (doubt === undefined ? 0 : 1)),
      notes: notesOf(namespace, reachability),
      verdict: verdictOf({ cluster, coverage, problems, decided: below.length > 0, doubt }),
    };
  };
}

function notJudged(namespace: string): NamespaceJudgement {
  const reason = 'AKS provides this namespace and looks after its policies';
  return { namespace, grade: undefined, problems: [], notes: [], verdict: { state: 'notApplicable', reason } };
}

function insideOf(
  namespace: string,
  { workloads, policies }: Reachability,
  cilium: readonly CiliumRuleSet[],
): NamespacePolicies {
  const counted = workloads
    .filter((workload) => workload.namespace === namespace)
    .map((workload) => ({ ...workload, pods: workload.pods.filter((pod) => !pod.hostNetwork && !pod.ended) }));
  return {
    namespace,
    workloads: counted.filter(({ pods }) => pods.length > 0),
    policies: policies.filter((policy) => policy.namespace === namespace),
    cilium: cilium.filter((set) => set.namespace === undefined || set.namespace === namespace),
  };
}

const gradeOf = ({ grade }: Coverage, openings: number): Grade =>
  grade === 'default deny' && openings === 0 ? 'zero trust' : grade;

function refusal({ object, path, message }: PolicyProblem): NetworkPolicyProblem {
  const reason = `policy ${object.metadata.name ?? ''}: ${message}; the API server refuses it, so it protects nothing`;
  return { severity: 'high', reason, object, path };
}

function notesOf(namespace: string, { workloads }: Reachability): readonly string[] {
  const free = workloads.filter(
    (one: Workload) => one.namespace === namespace && one.pods.some((pod) => pod.hostNetwork),
  );
  if (free.length === 0) return [];
  const names = free.map(workloadText);
  return [
    `no policy reaches pods in their node's network: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' …' : ''}`,
  ];
}

/** Policies of other kinds whose rules nobody here reads: what they open or close is not known. */
function doubtOf({ cilium }: NamespacePolicies, admin: readonly KubernetesObject[]): string | undefined {
  const unread = cilium.filter(({ selector, opensNothing }) => selector === undefined || !opensNothing);
  const objects = [...new Set([...unread.map(({ object }) => object), ...admin])];
  if (objects.length === 0) return undefined;
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name ?? ''}`).slice(0, 5);
  return `what ${names.join(', ')} allow is not understood; look at their rules`;
}

function verdictOf(found: {
  readonly cluster: Verdict;
  readonly coverage: Coverage;
  readonly problems: readonly NetworkPolicyProblem[];
  readonly decided: boolean;
  readonly doubt: string | undefined;
}): Verdict {
  const { cluster, coverage, problems, decided, doubt } = found;
  if (cluster.state === 'unknown') return cluster;
  const own = problems.map(({ severity, reason }) => ({ severity, reason }));
  if (cluster.state === 'violation') return { state: 'violation', problems: [...cluster.problems, ...own] };
  if (doubt !== undefined && !decided) return { state: 'unknown', reason: doubt };
  if (own.length > 0) return { state: 'violation', problems: own };
  return {
    state: 'compliant',
    reason: `${coverage.grade} in both directions, and nothing more is allowed than by name and port`,
  };
}
