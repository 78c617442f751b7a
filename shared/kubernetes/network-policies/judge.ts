import { groupedBy } from '../grouped-by';
import type { KubernetesObject } from '../object';
import { ciliumRuleSetsOf, type CiliumRuleSet } from '../reachability/cilium';
import { workloadText } from '../reachability/connections';
import { isForeignPolicy } from '../reachability/foreign';
import { labelsOfNamespace } from '../reachability/pod-classes';
import type { Policy, PolicyProblem } from '../reachability/policy';
import { workloadsIn } from '../reachability/workloads';
import { inCluster, reachabilityOf, type Reachability } from '../reachability/reachability';
import type { NetworkFacts } from './facts';
import { coverageOf, type Coverage, type Grade, type NamespacePolicies } from './grade';
import { managementOf } from '../managed-namespaces';
import { advisoriesOf, coverageProblems } from './namespace-problems';
import type { NetworkPolicyProblem } from './problem';

export interface NamespaceJudgement {
  readonly namespace: string;
  /** AKS provides it: how it stands is shown, and nothing about it is a problem. */
  readonly managed: boolean;
  readonly grade: Grade;
  readonly problems: readonly NetworkPolicyProblem[];
  /** What could not be told. Below default deny it changes nothing. */
  readonly unknown: readonly string[];
  /** What a reader has to know besides, as pods that no policy reaches. */
  readonly notes: readonly string[];
}

export interface NetworkPolicyAudit {
  readonly namespaces: readonly NamespaceJudgement[];
  readonly reachability: Reachability;
}

/** Judges the NetworkPolicies of every namespace that the objects name. */
export function networkPoliciesOf(objects: readonly KubernetesObject[], facts: NetworkFacts = {}): NetworkPolicyAudit {
  const podsToo = facts.engine === 'azure' || facts.engine === 'calico';
  const reachability = reachabilityOf(objects, { ...inCluster, ipBlocks: podsToo ? 'pods-too' : 'outside' });
  return { namespaces: namespaceNames(reachability).map(namespaceJudge(objects, facts, reachability)), reachability };
}

function namespaceNames({ namespaces, workloads, policies, problems }: Reachability): readonly string[] {
  const named = [...workloads, ...policies].map(({ namespace }) => namespace);
  return [...new Set([...namespaces.keys(), ...named, ...problems.map(namespaceOfProblem)])].toSorted();
}

const namespaceOfProblem = ({ object }: PolicyProblem): string => object.metadata.namespace ?? 'default';

const problemsIn = groupedBy(namespaceOfProblem);
const policiesIn = groupedBy<Policy>(({ namespace }) => namespace);

function namespaceJudge(
  objects: readonly KubernetesObject[],
  facts: NetworkFacts,
  reachability: Reachability,
): (namespace: string) => NamespaceJudgement {
  const ciliumInForce = facts.engine === undefined || facts.engine === 'cilium';
  const cilium = ciliumInForce ? ciliumRuleSetsOf(objects) : [];
  const foreign = objects.filter(isForeignPolicy);
  return (namespace) => {
    const labels = labelsOfNamespace(namespace, reachability.namespaces);
    const management = managementOf(namespace, labels, facts.extensionNamespaces);
    const inside = insideOf(namespace, reachability, cilium);
    const coverage = coverageOf(inside, reachability);
    const { openings, others } = advisoriesOf(inside, reachability, facts, management === 'claims');
    const refused = problemsIn(reachability.problems, namespace).map(refusal);
    const strange = [
      ...foreign.filter(({ metadata }) => metadata.namespace === undefined || metadata.namespace === namespace),
      ...inside.cilium.filter(({ selector }) => selector === undefined).map(({ object }) => object),
    ];
    const unread = inside.cilium.filter(({ opensNothing }) => !opensNothing).map(({ object }) => object);
    const doubts = doubtsOf([...strange, ...unread]);
    const below = strange.length > 0 ? [] : coverageProblems(inside, coverage);
    const managed = management === 'managed';
    return {
      namespace,
      managed,
      grade: gradeOf(coverage, openings.length + doubts.length),
      problems: managed ? [] : [...below, ...refused, ...openings, ...others],
      unknown: managed ? [] : doubts,
      notes: hostNetworkNotes(namespace, reachability),
    };
  };
}

function insideOf(
  namespace: string,
  { workloads, policies }: Reachability,
  cilium: readonly CiliumRuleSet[],
): NamespacePolicies {
  const counted = workloadsIn(workloads, namespace).map((workload) => ({
    ...workload,
    pods: workload.pods.filter((pod) => !pod.hostNetwork && !pod.ended),
  }));
  return {
    namespace,
    workloads: counted.filter(({ pods }) => pods.length > 0),
    policies: policiesIn(policies, namespace),
    cilium: cilium.filter((set) => set.namespace === undefined || set.namespace === namespace),
  };
}

const gradeOf = ({ grade }: Coverage, openings: number): Grade =>
  grade === 'default deny' && openings === 0 ? 'zero trust' : grade;

function refusal({ object, path, message }: PolicyProblem): NetworkPolicyProblem {
  const reason = `policy ${object.metadata.name ?? ''}: ${message}; the API server refuses it, so it protects nothing`;
  return { rule: 'refused', severity: 'high', reason, object, path };
}

function hostNetworkNotes(namespace: string, { workloads }: Reachability): readonly string[] {
  const free = workloadsIn(workloads, namespace).filter((one) => one.pods.some((pod) => pod.hostNetwork));
  if (free.length === 0) return [];
  const names = free.map(workloadText);
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return [`no policy reaches pods in their node's network: ${names.slice(0, 10).join(', ')}${more}`];
}

function doubtsOf(objects: readonly KubernetesObject[]): readonly string[] {
  const names = [...new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name ?? ''}`))];
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [`what ${names.slice(0, 5).join(', ')}${more} allow or deny is not understood; look at their rules`];
}
