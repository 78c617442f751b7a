import type { KubernetesObject } from '../object';
import { workloadText } from '../reachability/connections';
import type { Direction } from '../reachability/policy';
import type { Reachability } from '../reachability/reachability';
import { isNoTraffic, jointTraffic, trafficText, trafficWithout, type Traffic } from '../reachability/traffic';
import { workloadsIn, type Workload } from '../reachability/workloads';

/** At most so many connections are named of each workload and direction. */
const NAMED = 10;

/** At most so many pairs of workloads are tried, and none in a cluster of more workloads: each namespace needs a model of all. */
const [PAIRS, WORKLOADS] = [5_000, 1_000];

/** What is open today and would be closed: a dry run of policies on the workloads of a namespace. */
export function breaksBy(
  namespace: string,
  policies: readonly KubernetesObject[],
  before: Reachability,
): readonly string[] {
  const inside = workloadsIn(before.workloads, namespace).filter(({ pods }) => pods.some((pod) => !pod.hostNetwork));
  const count = before.workloads.length;
  if (inside.length * count > PAIRS || count > WORKLOADS) {
    return [
      `everything else that its ${inside.length} workloads exchange with the ${count} of the cluster and with the outside closes; look at their flows first`,
    ];
  }
  const after = before.withPolicies(policies);
  return inside.flatMap((workload) => [
    ...sentence(workload, 'is no longer reached from', lost(before, after, workload, 'ingress')),
    ...sentence(workload, 'no longer reaches', lost(before, after, workload, 'egress')),
  ]);
}

function lost(before: Reachability, after: Reachability, workload: Workload, direction: Direction): readonly string[] {
  const between = (from: Workload, to: Workload): Traffic =>
    trafficWithout(before.between(from, to), after.between(from, to));
  const outside = trafficWithout(
    outsideTraffic(before, workload, direction),
    outsideTraffic(after, workload, direction),
  );
  const inCluster = before.workloads
    .filter((other) => other !== workload)
    .map((other) => ({
      name: workloadText(other),
      traffic: direction === 'ingress' ? between(other, workload) : between(workload, other),
    }));
  return [{ name: 'outside the cluster', traffic: outside }, ...inCluster]
    .filter(({ traffic }) => !isNoTraffic(traffic))
    .map(({ name, traffic }) => `${name} (${trafficText(traffic)})`);
}

function outsideTraffic(reachability: Reachability, workload: Workload, direction: Direction): Traffic {
  return jointTraffic(reachability.outside(workload, direction).map(({ traffic }) => traffic));
}

function sentence(workload: Workload, verb: string, others: readonly string[]): readonly string[] {
  if (others.length === 0) return [];
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  return [`${workloadText(workload)} ${verb} ${others.slice(0, NAMED).join(', ')}${more}`];
}
