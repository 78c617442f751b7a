import { groupedBy } from '../grouped-by';
import type { KubernetesObject } from '../object';
import { workloadText } from '../reachability/connections';
import { fieldsIn, labelsIn, textIn } from '../reachability/field-paths';
import { ingressTargets } from '../reachability/ingress-paths';
import { selectorOf, selects } from '../reachability/selector';
import { protocols } from '../reachability/traffic';
import type { Workload } from '../reachability/workloads';
import type { PortDraft } from './policy-drafts';

export type Targets = ReturnType<typeof ingressTargets>;

const known = new WeakMap<readonly KubernetesObject[], Targets>();

/** What Ingress and Route objects lead to; looked up once for all namespaces that ask. */
export function targetsAmong(objects: readonly KubernetesObject[]): Targets {
  const targets = known.get(objects) ?? ingressTargets(objects);
  known.set(objects, targets);
  return targets;
}

/** Of some objects those of a namespace. */
export const objectsIn = groupedBy<KubernetesObject>(({ metadata }) => metadata.namespace ?? 'default');

/** The ports of a workload that Ingress and Route objects lead to. */
export function ingressPortsOf(targets: Targets, workload: Workload): readonly PortDraft[] {
  const found = workload.pods.flatMap((pod) => {
    const traffic = targets(pod);
    return protocols.flatMap((protocol) => traffic[protocol].map(({ from, to }) => ({ protocol, from, to })));
  });
  const byKey = new Map(found.map((one) => [`${one.protocol} ${one.from}-${one.to}`, one]));
  return [...byKey.values()].map(({ protocol, from, to }) =>
    to - from === 1 ? { protocol, port: from } : { protocol, port: from, endPort: to - 1 },
  );
}

/** Services that clients outside the cluster come through: nobody knows who they are. */
export function publicServicesOf(
  objects: readonly KubernetesObject[],
  workloads: readonly Workload[],
): readonly string[] {
  const services = objects.filter(
    ({ kind, apiVersion, spec }) =>
      kind === 'Service' && apiVersion === 'v1' && /^(LoadBalancer|NodePort)$/.test(textIn(spec, 'type') ?? ''),
  );
  return services.flatMap(({ metadata: { name = '', namespace = 'default' }, spec }) => {
    const selector = labelsIn(fieldsIn(spec)['selector']);
    if (Object.keys(selector).length === 0) return [];
    const behind = workloads.filter(
      (workload) =>
        workload.namespace === namespace && workload.pods.some((pod) => selects(selectorOf(selector), pod.labels)),
    );
    if (behind.length === 0) return [];
    return [
      `clients of the Service ${namespace}/${name} reach ${behind.map(workloadText).join(', ')} from outside the cluster; allow their addresses, and limit them with loadBalancerSourceRanges`,
    ];
  });
}
