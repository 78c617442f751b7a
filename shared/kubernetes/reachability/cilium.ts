import type { KubernetesObject } from '../object';
import { isFields } from '../fields';
import { fieldsIn, listIn, textIn } from './field-paths';
import { labelsOfNamespace, type Namespaces } from './pod-classes';
import { directions, type Direction } from './policy';
import { selectorFrom, selects, type Requirement, type Selector } from './selector';
import type { PodShape } from './workloads';

/** One rule set of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, as far as it says whom it isolates. */
export interface CiliumRuleSet {
  readonly object: KubernetesObject;
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
  /** Undefined: not understood. */
  readonly selector: Selector | undefined;
  readonly isolates: readonly Direction[];
  /** Its rules are the deny-all form, `[{}]`, and nothing else. */
  readonly opensNothing: boolean;
}

const kinds: readonly string[] = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

export function isCiliumPolicy({ kind, apiVersion }: KubernetesObject): boolean {
  return kinds.includes(kind) && apiVersion.startsWith('cilium.io/');
}

/** The rule sets among objects that select pods («Network Policy», Cilium); those for nodes select none. */
export function ciliumRuleSetsOf(objects: readonly KubernetesObject[]): readonly CiliumRuleSet[] {
  return objects.filter(isCiliumPolicy).flatMap((object) => {
    const sets = [...(isFields(object.spec) ? [object.spec] : []), ...listIn(object, 'specs')];
    return sets.flatMap((set) => ruleSetFrom(object, set));
  });
}

function ruleSetFrom(object: KubernetesObject, set: unknown): readonly CiliumRuleSet[] {
  const { endpointSelector } = fieldsIn(set);
  if (!isFields(endpointSelector)) return [];
  let understood = true;
  const selector = selectorFrom(endpointSelector, 'endpointSelector', () => {
    understood = false;
  });
  const clusterwide = object.kind === 'CiliumClusterwideNetworkPolicy';
  return [
    {
      object,
      namespace: clusterwide ? undefined : (object.metadata.namespace ?? 'default'),
      selector: understood ? selector : undefined,
      isolates: directions.filter((direction) => isolates(set, direction)),
      opensNothing: directions.every((direction) => opensNothing(set, direction)),
    },
  ];
}

/** A list that is absent or empty says nothing; `enableDefaultDeny` decides when it is given. */
function isolates(set: unknown, direction: Direction): boolean {
  const asked = fieldsIn(set, 'enableDefaultDeny')[direction];
  if (typeof asked === 'boolean') return asked;
  return listIn(set, direction).length > 0 || listIn(set, `${direction}Deny`).length > 0;
}

function opensNothing(set: unknown, direction: Direction): boolean {
  const rules = listIn(set, direction);
  return (
    listIn(set, `${direction}Deny`).length === 0 &&
    rules.every((rule) => isFields(rule) && Object.keys(rule).length === 0)
  );
}

/** Whether a rule set is about a pod. In the network of its node no policy reaches it. */
export function ciliumSelects(set: CiliumRuleSet, pod: PodShape, namespaces: Namespaces): boolean {
  if (set.selector === undefined || (set.namespace !== undefined && set.namespace !== pod.namespace)) return false;
  const ofNamespace = Object.entries(labelsOfNamespace(pod.namespace, namespaces)).map(([key, value]) => [
    `io.cilium.k8s.namespace.labels.${key}`,
    value,
  ]);
  const labels: Record<string, string> = {
    ...pod.labels,
    ...(Object.fromEntries(ofNamespace) as Record<string, string>),
    'io.kubernetes.pod.namespace': pod.namespace,
    'io.cilium.k8s.policy.serviceaccount': textIn(pod.spec, 'serviceAccountName') ?? 'default',
  };
  return selects(withoutSources(set.selector), labels);
}

/** `k8s:app` and `any:app` are the label `app` of the pod. */
function withoutSources({ labels, requirements, key }: Selector): Selector {
  return {
    labels: labels.map(([name, value]) => [plain(name), value]),
    requirements: requirements.map((one): Requirement => ({ ...one, key: plain(one.key) })),
    key,
  };
}

const plain = (name: string): string => name.replace(/^(k8s|any)[:.]/, '');
