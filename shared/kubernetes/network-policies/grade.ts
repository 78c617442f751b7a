import { ciliumSelects, type CiliumRuleSet } from '../reachability/cilium';
import { directions, type Direction, type Policy } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import { isEmptySelector } from '../reachability/selector';
import type { PodShape, Workload } from '../reachability/workloads';

/** How far the pods of a namespace are closed, from nothing at all to nothing but what is needed. */
export const grades = ['none', 'partial', 'covered', 'default deny', 'zero trust'] as const;
export type Grade = (typeof grades)[number];

export interface Uncovered {
  readonly workload: Workload;
  readonly direction: Direction;
}

export interface Coverage {
  readonly grade: Exclude<Grade, 'zero trust'>;
  readonly uncovered: readonly Uncovered[];
  /** Directions without a policy that selects every pod, tomorrow's too. */
  readonly withoutDefaultDeny: readonly Direction[];
}

export interface NamespacePolicies {
  readonly namespace: string;
  /** Of the namespace; pods that no policy reaches and pods that ended are left out. */
  readonly workloads: readonly Workload[];
  readonly policies: readonly Policy[];
  readonly cilium: readonly CiliumRuleSet[];
}

/** Grades by isolation alone; whether what is allowed is narrow is another question. */
export function coverageOf(inside: NamespacePolicies, reachability: Reachability): Coverage {
  const { workloads, policies, cilium } = inside;
  const isolated = (pod: PodShape, direction: Direction): boolean =>
    reachability.rulesOf(pod, direction) !== undefined ||
    cilium.some((set) => set.isolates.includes(direction) && ciliumSelects(set, pod, reachability.namespaces));
  const uncovered = workloads.flatMap((workload) =>
    directions
      .filter((direction) => !workload.pods.every((pod) => isolated(pod, direction)))
      .map((direction) => ({ workload, direction })),
  );
  const withoutDefaultDeny = directions.filter(
    (direction) =>
      !policies.some((policy) => isEmptySelector(policy.selector) && policy[direction] !== undefined) &&
      !cilium.some(({ selector, isolates }) => selector && isEmptySelector(selector) && isolates.includes(direction)),
  );
  return { grade: gradeOf(), uncovered, withoutDefaultDeny };

  function gradeOf(): Coverage['grade'] {
    if (policies.length === 0 && cilium.length === 0) return 'none';
    if (uncovered.length > 0) return 'partial';
    return withoutDefaultDeny.length > 0 ? 'covered' : 'default deny';
  }
}
