import type { Opening } from './outside';
import { directions, type Direction } from './policy';
import type { Reachability } from './reachability';
import { isNoTraffic, trafficText, type Traffic } from './traffic';
import type { PodShape, Workload } from './workloads';

/** One end of a connection. */
export type Endpoint =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'outside'; readonly opening: Opening }
  | { readonly kind: 'ingress-controller' };

export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly traffic: Traffic;
}

/** Every connection that is left open, one after the other: a big cluster has more of them than fit into memory. */
export function* connectionsOf(reachability: Reachability): Generator<Connection> {
  for (const workload of reachability.workloads) {
    yield* outsideConnections(reachability, workload);
    yield* connectionsBetween(reachability, workload);
  }
}

function* connectionsBetween(reachability: Reachability, from: Workload): Generator<Connection> {
  for (const to of reachability.workloads) {
    const traffic = to === from ? undefined : reachability.between(from, to);
    if (traffic === undefined || isNoTraffic(traffic)) continue;
    yield { from: { kind: 'workload', workload: from }, to: { kind: 'workload', workload: to }, traffic };
  }
}

function* outsideConnections(reachability: Reachability, workload: Workload): Generator<Connection> {
  const own: Endpoint = { kind: 'workload', workload };
  for (const opening of reachability.outside(workload, 'ingress')) {
    yield { from: { kind: 'outside', opening }, to: own, traffic: opening.traffic };
  }
  for (const opening of reachability.outside(workload, 'egress')) {
    yield { from: own, to: { kind: 'outside', opening }, traffic: opening.traffic };
  }
}

/** `shop/web[Deployment]`, `10.0.0.0-10.255.255.255[External]` or `{ingress-controller}`. */
export function endpointText(endpoint: Endpoint): string {
  if (endpoint.kind === 'ingress-controller') return '{ingress-controller}';
  if (endpoint.kind === 'outside') return `${endpoint.opening.first}-${endpoint.opening.last}[External]`;
  return workloadText(endpoint.workload);
}

export function workloadText({ namespace, name, kind }: Omit<Workload, 'pods'>): string {
  return `${namespace}/${name}[${kind}]`;
}

export function connectionTexts({ from, to, traffic }: Connection): readonly [string, string, string] {
  return [endpointText(from), endpointText(to), trafficText(traffic)];
}

export interface Unprotected {
  readonly workload: Workload;
  readonly direction: Direction;
}

/** Each workload and direction in which no policy isolates its pods. */
export function unprotectedOf(reachability: Reachability): readonly Unprotected[] {
  return reachability.workloads.flatMap((workload) =>
    directions
      .filter((direction) => workload.pods.some((pod: PodShape) => reachability.rulesOf(pod, direction) === undefined))
      .map((direction) => ({ workload, direction })),
  );
}
