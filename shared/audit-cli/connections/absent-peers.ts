import { exposuresOf, type FuturePods } from '../../kubernetes/reachability/exposure';
import { nameLabel } from '../../kubernetes/reachability/pod-classes';
import type { Direction } from '../../kubernetes/reachability/policy';
import type { Reachability } from '../../kubernetes/reachability/reachability';
import { isEmptySelector, type Selector } from '../../kubernetes/reachability/selector';
import { trafficText, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';

/** What policies leave open from (`ingress`) or to (`egress`) pods that need not be among the objects. */
export interface AbsentPeerLine {
  readonly direction: Direction;
  readonly peer: string;
  readonly workloads: readonly Workload[];
  readonly traffic: Traffic;
}

/** Of workloads that some policy isolates in the direction: the others are open to everybody anyway. */
export function absentPeerLines(reachability: Reachability, workloads: readonly Workload[]): readonly AbsentPeerLine[] {
  const sorts = Map.groupBy(workloads, (workload) => reachability.sortOf(workload));
  const examples = [...sorts.values()].flatMap((sort) => sort.slice(0, 1));
  const known = { ...reachability, workloads: examples };
  const found = new Map<string, { line: Omit<AbsentPeerLine, 'workloads'>; workloads: Workload[] }>();
  for (const { workload, direction, to, traffic } of exposuresOf(known)) {
    const isOpen = workload.pods.some((pod) => reachability.rulesOf(pod, direction) === undefined);
    if (to.kind === 'outside' || isOpen) continue;
    const peer = to.kind === 'entire-cluster' ? 'any pod of the cluster' : podsText(to.pods);
    const key = JSON.stringify([direction, peer, trafficText(traffic)]);
    const entry = found.get(key) ?? { line: { direction, peer, traffic }, workloads: [] };
    found.set(key, entry);
    entry.workloads.push(...(sorts.get(reachability.sortOf(workload)) ?? []));
  }
  return [...found.values()].map(({ line, workloads }) => ({ ...line, workloads }));
}

/** `pods with app=web in namespace shop`. */
function podsText({ namespaces, pods }: FuturePods): string {
  const who = pods === undefined ? 'all pods' : `pods with ${selectorText(pods)}`;
  return `${who} in ${isEmptySelector(namespaces) ? 'any namespace' : namespaceText(namespaces)}`;
}

function namespaceText(selector: Selector): string {
  const [first, ...more] = selector.labels;
  const isName = first?.[0] === nameLabel && more.length === 0 && selector.requirements.length === 0;
  return isName ? `namespace ${first[1]}` : `namespaces with ${selectorText(selector)}`;
}

const operators = { In: 'in', NotIn: 'not in' } as const;

/** As kubectl writes selectors: `app=web, tier in (a, b), env, !old`. */
function selectorText({ labels, requirements }: Selector): string {
  const texts = requirements.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operators[operator]} (${values.join(', ')})`;
  });
  return [...labels.map(([key, value]) => `${key}=${value}`), ...texts].join(', ');
}
