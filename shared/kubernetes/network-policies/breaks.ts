import type { KubernetesObject } from '../object';
import { endpointText, workloadText } from '../reachability/connections';
import { reachabilityOf, type Reachability } from '../reachability/reachability';
import { isNoTraffic, trafficText, trafficWithout, type Traffic } from '../reachability/traffic';
import type { Workload } from '../reachability/workloads';

/** At most so many connections are named of each workload and direction. */
const NAMED = 10;

/** At most so many pairs of workloads are tried. */
const PAIRS = 5_000;

/** What is open today and would be closed: a dry run of policies on the workloads of a namespace. */
export function breaksBy(
  namespace: string,
  objects: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
  before: Reachability,
): readonly string[] {
  const inside = before.workloads.filter((workload) => workload.namespace === namespace);
  if (inside.length * before.workloads.length > PAIRS) {
    return [
      `everything else that its ${inside.length} workloads exchange with the ${before.workloads.length} of the cluster and with the outside closes; look at their flows first`,
    ];
  }
  const replaced = new Set(policies.map(keyOf));
  const kept = objects.filter((object) => object.kind !== 'NetworkPolicy' || !replaced.has(keyOf(object)));
  const after = reachabilityOf([...kept, ...policies], before.options);
  const twins = new Map(after.workloads.map((workload) => [workloadText(workload), workload]));
  const twinOf = (workload: Workload): Workload => twins.get(workloadText(workload)) ?? workload;
  return inside.flatMap((workload) => {
    const others = before.workloads.filter((other) => other !== workload);
    const lost = (was: Traffic, is: Traffic, other: string) => {
      const traffic = trafficWithout(was, is);
      return isNoTraffic(traffic) ? [] : [`${other} (${trafficText(traffic)})`];
    };
    const from = others.flatMap((other) =>
      lost(before.between(other, workload), after.between(twinOf(other), twinOf(workload)), workloadText(other)),
    );
    const to = others.flatMap((other) =>
      lost(before.between(workload, other), after.between(twinOf(workload), twinOf(other)), workloadText(other)),
    );
    return [
      ...sentence(workload, 'is no longer reached from', [
        ...outsideLost(before, after, workload, twinOf(workload), 'ingress'),
        ...from,
      ]),
      ...sentence(workload, 'no longer reaches', [
        ...outsideLost(before, after, workload, twinOf(workload), 'egress'),
        ...to,
      ]),
    ];
  });
}

const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? 'default'}/${metadata.name ?? ''}`;

function outsideLost(
  ...[before, after, workload, twin, direction]: [Reachability, Reachability, Workload, Workload, 'ingress' | 'egress']
): readonly string[] {
  const kept = new Set(
    after.outside(twin, direction).map((opening) => `${opening.first}-${opening.last} ${trafficText(opening.traffic)}`),
  );
  return before
    .outside(workload, direction)
    .filter(({ first, last, traffic }) => !kept.has(`${first}-${last} ${trafficText(traffic)}`))
    .map((opening) => `${endpointText({ kind: 'outside', opening })} (${trafficText(opening.traffic)})`);
}

function sentence(workload: Workload, verb: string, others: readonly string[]): readonly string[] {
  if (others.length === 0) return [];
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
  return [`${workloadText(workload)} ${verb} ${others.slice(0, NAMED).join(', ')}${more}`];
}
