import { extensionsAround } from '../around-clusters';
import { worstOf } from '../../core/verdict';
import { extensionNamespacesOf, resourceFactsOf } from '../cluster-facts';
import { referenceOf, wholeCluster, type ObjectReference } from '../ids';
import { inOrder } from '../in-order';
import type { ClusterFacts, InClusterJudgement, ObjectFinding, ObjectProblem } from '../judgement';
import { workloadKinds } from '../kinds';
import type { KubernetesObject } from '../object';
import { isNetworkPolicy } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import type { Engine, NetworkFacts } from './facts';
import { networkPoliciesOf, type NamespaceJudgement } from './judge';
import type { NetworkPolicyProblem } from './problem';
import { proposalFor } from './proposal';

const neededKinds: readonly string[] = ['NetworkPolicy', 'Pod', 'Namespace'];
const ciliumKinds: readonly string[] = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

/** Every namespace is closed by default in both directions, and its policies allow what is needed and no more. */
export const networkPolicies: InClusterJudgement = {
  controlId: 'network-policies',
  around: [extensionsAround],
  kinds: [...neededKinds, ...ciliumKinds, 'Service', 'Ingress', ...workloadKinds],
  judge: (given, facts) => {
    const objects = inOrder(given);
    const known = networkFactsOf(facts);
    const { namespaces, reachability } = networkPoliciesOf(objects, known);
    return [
      ...engineFindings(known),
      ...namespaces.map((one) => namespaceFinding(one, objects, reachability, known)),
      ...policyFindings(objects, namespaces, known),
    ];
  },
};

const enforced = 'The cluster enforces network policies';
const closed = 'Every pod of the namespace is closed by default, for ingress and for egress';
const narrow = 'The policy allows what is needed and no more';

export function networkFactsOf(facts: ClusterFacts): NetworkFacts {
  const { unread } = facts;
  const known = resourceFactsOf(facts);
  const engine = known?.engine;
  const kinds = engine === 'cilium' ? [...neededKinds, ...ciliumKinds] : neededKinds;
  const missing = kinds.filter((kind) => unread?.has(kind) ?? false);
  const reasons = missing.map((kind) => `objects of kind ${kind} cannot be read: ${unread?.get(kind) ?? ''}`);
  return {
    ...(engine === undefined ? {} : { engine }),
    ...(reasons.length === 0 ? {} : { unread: reasons.join('; ') }),
    ...(known?.localDns === true ? { localDns: true } : {}),
    ...(known?.applicationRouting === true ? { ingressNamespaces: ['app-routing-system'] } : {}),
    windowsPools: known?.windowsPools ?? [],
    extensionNamespaces: extensionNamespacesOf(facts),
  };
}

function engineFindings({ engine, windowsPools = [] }: NetworkFacts): readonly ObjectFinding[] {
  if (engine === undefined) return [];
  const problems = engine === 'none' ? [noEngine] : notOnWindows(engine, windowsPools);
  const unknown =
    engine === 'unknown' ? ['whether anything in the cluster enforces network policies is not known'] : [];
  return [{ object: wholeCluster, aspect: 'engine', title: enforced, severity: 'high', problems, unknown }];
}

const noEngine: ObjectProblem = {
  rule: 'no-engine',
  severity: 'high',
  reason:
    'nothing in the cluster enforces network policies, so that none has any effect; choose an engine (networkProfile.networkPolicy, or the Cilium data plane)',
};

/** Cilium runs on Linux alone («Azure CNI Powered by Cilium: limitations»). */
function notOnWindows(engine: Engine, pools: readonly string[]): readonly ObjectProblem[] {
  if (engine !== 'cilium' || pools.length === 0) return [];
  const reason = `Cilium enforces no policy on nodes with Windows, so that pods in ${pools.join(', ')} are open to everyone; run them in a cluster with an engine for Windows`;
  return [{ rule: 'no-engine-on-windows', severity: 'high', reason }];
}

function namespaceFinding(
  judged: NamespaceJudgement,
  objects: readonly KubernetesObject[],
  reachability: Reachability,
  facts: NetworkFacts,
): ObjectFinding {
  const object = namespaceReference(judged.namespace);
  if (facts.unread !== undefined) {
    return { object, title: closed, severity: 'high', problems: [], unknown: [facts.unread] };
  }
  const own = judged.problems.filter((problem) => !isAboutPolicy(problem));
  const problems = own.filter(({ mild }) => !mild).map(problemOf);
  const grade = `the grade of the namespace is "${judged.grade}"`;
  const leftOut = `${judged.namespace} is a namespace of AKS, which answers for its policies`;
  const needsMore = own.some(({ rule }) => closing.some((start) => rule.startsWith(start)));
  return {
    object,
    title: closed,
    severity: problems.length === 0 ? 'high' : worstOf(problems),
    problems,
    unknown: judged.unknown,
    ...(judged.managed && { leftOut }),
    advice: [grade, ...judged.notes, ...own.filter(({ mild }) => mild).map(({ reason }) => reason)],
    ...(needsMore && { propose: () => proposalFor(judged.namespace, objects, reachability, facts) }),
  };
}

/** Rules whose remedy is a default deny. */
const closing: readonly string[] = ['no-policy', 'not-isolated', 'no-default-deny'];

function namespaceReference(name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'Namespace', name };
}

const isAboutPolicy = ({ object }: NetworkPolicyProblem): boolean => object !== undefined && isNetworkPolicy(object);

function problemOf({ rule, severity, reason, path }: NetworkPolicyProblem): ObjectProblem {
  return { rule, severity, reason, ...(path === undefined ? {} : { path }) };
}

function policyFindings(
  objects: readonly KubernetesObject[],
  namespaces: readonly NamespaceJudgement[],
  { unread }: NetworkFacts,
): readonly ObjectFinding[] {
  const managed = new Set(namespaces.filter((one) => one.managed).map(({ namespace }) => namespace));
  const found = Map.groupBy(
    namespaces.flatMap(({ problems }) => problems),
    ({ object }) => object,
  );
  return objects
    .filter((object) => isNetworkPolicy(object) && !managed.has(object.metadata.namespace ?? 'default'))
    .map((object) => {
      const all = found.get(object) ?? [];
      // Without the pods nobody can say that there is none.
      const about = unread === undefined ? all : all.filter(({ rule }) => rule !== 'selects-nothing');
      const problems = about.filter(({ mild }) => !mild).map(problemOf);
      return {
        object: referenceOf(object),
        title: narrow,
        severity: problems.length === 0 ? 'medium' : worstOf(problems),
        problems,
        advice: about.filter(({ mild }) => mild).map(({ reason }) => reason),
      };
    });
}
