import { bothRanges, commonRanges, ipRangesFrom, noRange, type IpRanges } from '../../core/ip-ranges';
import { at, fieldsIn, textOf, textsIn } from '../../kubernetes/fields';
import type { KubernetesObject } from '../../kubernetes/object';
import { ingressConnections, ingressTargets, serviceTargets } from '../../kubernetes/reachability/ingress-paths';
import type { Reachability } from '../../kubernetes/reachability/reachability';
import {
  commonTraffic,
  isNoTraffic,
  isWithinTraffic,
  jointTraffic,
  type Traffic,
} from '../../kubernetes/reachability/traffic';
import type { PodShape, Workload } from '../../kubernetes/reachability/workloads';
import { openRanges } from './outside-lines';

/** An object that leads clients from outside the cluster to a workload, and who gets there past the policies. */
export interface Entry {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Hosts, or the type of the Service. */
  readonly detail: string;
  readonly workload: Workload;
  /** The workload's ports that it leads to. */
  readonly traffic: Traffic;
  readonly openTo: EntryPeers;
}

export type EntryPeers =
  | { readonly kind: 'any-controller' }
  /** Workloads that could be the controller. */
  | { readonly kind: 'workloads'; readonly workloads: readonly Workload[] }
  | { readonly kind: 'addresses'; readonly ranges: IpRanges };

/** What Ingress, Route and HTTPRoute objects and the Services that the outside reaches lead to. */
export function entriesOf(
  reachability: Reachability,
  objects: readonly KubernetesObject[],
  workloads: readonly Workload[],
): readonly Entry[] {
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  return objects.flatMap((object) => {
    const near = byNamespace.get(namespaceOf(object)) ?? [];
    if (object.kind === 'Service') return isPublic(object) ? serviceEntries(reachability, object, near) : [];
    const isRoute = object.apiVersion.startsWith('gateway.networking.k8s.io/') && object.kind.endsWith('Route');
    return ledEntries(reachability, { object, services }, isRoute ? workloads : near);
  });
}

function ledEntries(
  reachability: Reachability,
  { object, services }: { readonly object: KubernetesObject; readonly services: readonly KubernetesObject[] },
  workloads: readonly Workload[],
): readonly Entry[] {
  if (object.kind !== 'Ingress' && !object.kind.endsWith('Route')) return [];
  const led = ingressTargets([object, ...services]);
  return workloads.flatMap((workload) => {
    const traffic = ledTo(workload, led);
    if (isNoTraffic(traffic)) return [];
    const openTo = controllersOf(reachability, [object, ...services], { workload, traffic });
    return [{ ...titleOf(object), detail: hostsOf(object), workload, traffic, openTo }];
  });
}

const namespaceOf = ({ metadata }: KubernetesObject): string => metadata.namespace ?? 'default';

const titleOf = (object: KubernetesObject) => ({
  kind: object.kind,
  namespace: namespaceOf(object),
  name: object.metadata.name ?? '',
});

const ledTo = ({ pods }: Workload, targets: (pod: PodShape) => Traffic): Traffic => jointTraffic(pods.map(targets));

function hostsOf({ spec }: KubernetesObject): string {
  const ofRules = fieldsIn(at(spec, 'rules')).map((rule) => textOf(rule['host']));
  const hosts = [...ofRules, textOf(at(spec, 'host')), ...textsIn(at(spec, 'hostnames'))].filter((host) => host !== '');
  return hosts.length === 0 ? 'any host' : [...new Set(hosts)].join(', ');
}

function controllersOf(
  reachability: Reachability,
  objects: readonly KubernetesObject[],
  { workload, traffic }: Pick<Entry, 'workload' | 'traffic'>,
): EntryPeers {
  const fromAnywhere = ingressConnections({ ...reachability, workloads: [workload] }, objects);
  if (fromAnywhere.some((one) => isWithinTraffic(traffic, one.traffic))) return { kind: 'any-controller' };
  const able = reachability.workloads.filter(
    (one) => one !== workload && !isNoTraffic(commonTraffic(traffic, reachability.between(one, workload))),
  );
  return { kind: 'workloads', workloads: able };
}

/** Whether clients outside the cluster can come through a Service. */
export function isPublic({ spec }: KubernetesObject): boolean {
  return /^(LoadBalancer|NodePort)$/.test(textOf(at(spec, 'type'))) || textsIn(at(spec, 'externalIPs')).length > 0;
}

function serviceEntries(
  reachability: Reachability,
  service: KubernetesObject,
  workloads: readonly Workload[],
): readonly Entry[] {
  const targets = serviceTargets(service);
  const allowed = sourceRangesOf(service);
  return workloads.flatMap((workload) => {
    const wanted = ledTo(workload, targets);
    const title = { ...titleOf(service), detail: typeOf(service), workload };
    if (isNoTraffic(wanted)) return [];
    const open = openRanges(workload, 'ingress', reachability)
      .map(({ ranges, traffic }) => ({
        ranges: allowed === undefined ? ranges : commonRanges(ranges, allowed),
        traffic: commonTraffic(wanted, traffic),
      }))
      .filter(({ ranges, traffic }) => !isNoTraffic(traffic) && ranges.v4.length + ranges.v6.length > 0);
    const closed = { ...title, traffic: wanted, openTo: { kind: 'addresses' as const, ranges: noRange } };
    if (open.length === 0) return [closed];
    return open.map(({ ranges, traffic }) => ({ ...title, traffic, openTo: { kind: 'addresses' as const, ranges } }));
  });
}

const internal = 'service.beta.kubernetes.io/azure-load-balancer-internal';

function typeOf({ spec, metadata }: KubernetesObject): string {
  const type = textOf(at(spec, 'type')) || 'external addresses';
  return metadata.annotations?.[internal] === 'true' ? `${type}, internal` : type;
}

/** Undefined: the Service lets in whoever comes. */
function sourceRangesOf({ spec }: KubernetesObject): IpRanges | undefined {
  const given = textsIn(at(spec, 'loadBalancerSourceRanges'));
  return given.length === 0 ? undefined : bothRanges(...given.map((text) => ipRangesFrom(text.trim()) ?? noRange));
}
