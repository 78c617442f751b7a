import { workloadText } from '../../kubernetes/reachability/connections';
import { isAllTraffic, protocols, type Protocol, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';

/** Names of sets of workloads, as short as they can be without leaving anybody out. */
export type NamesOf = (workloads: readonly Workload[]) => readonly string[];

/** A set that has a name of its own. */
interface NamedSet {
  readonly name: string;
  readonly workloads: readonly Workload[];
}

/** `any workload`, `shop/*`, or what they are called, each a text; a set that has a name goes by it. */
export function namesAmong(all: readonly Workload[], named?: NamedSet): NamesOf {
  const byNamespace = Map.groupBy(all, ({ namespace }) => namespace);
  const known = new Map<string, readonly string[]>();
  return (workloads) => {
    const key = workloads.map(workloadText).toSorted().join();
    const found = known.get(key) ?? namesFor(new Set(workloads));
    known.set(key, found);
    return found;
  };

  function namesFor(set: ReadonlySet<Workload>): readonly string[] {
    if (set.size === all.length && all.length > 1) return ['any workload'];
    if (set.size === named?.workloads.length && named.workloads.every((one) => set.has(one))) return [named.name];
    const missing = all.filter((workload) => !set.has(workload));
    if (isFew(missing.length, set.size)) return [`any workload except ${missing.map(workloadText).join(', ')}`];
    return [...Map.groupBy(set, ({ namespace }) => namespace)]
      .flatMap(([namespace, inside]) => {
        const near = (byNamespace.get(namespace) ?? []).filter((workload) => !set.has(workload));
        if (near.length === 0 && inside.length > 1) return [`${namespace}/*`];
        if (isFew(near.length, inside.length)) return [`${namespace}/* except ${near.map(workloadText).join(', ')}`];
        return inside.map(workloadText);
      })
      .toSorted();
  }
}

/** What is left out is named when that is much shorter. */
const isFew = (missing: number, there: number): boolean => missing > 0 && missing <= 2 && there > missing * 3;

/** `all ports`, or `TCP 80, 443-445; UDP 53`. */
export function portsText(traffic: Traffic): string {
  if (isAllTraffic(traffic)) return 'all ports';
  return [...protocols]
    .toSorted(tcpFirst)
    .flatMap((protocol) => {
      const ports = portsOf(traffic, protocol).map(
        ({ first, last, name }) => name ?? (first === last ? `${first}` : `${first}-${last}`),
      );
      if (ports.length === 0) return [];
      return ports.join() === '1-65535' ? [`all of ${protocol}`] : [`${protocol} ${ports.join(', ')}`];
    })
    .join('; ');
}

const order: Readonly<Record<Protocol, number>> = { TCP: 0, UDP: 1, SCTP: 2 };
const tcpFirst = (a: Protocol, b: Protocol): number => order[a] - order[b];

interface Ports {
  readonly first?: number;
  readonly last?: number;
  /** Of a port of pods that are not there. */
  readonly name?: string;
}

/** Ports of a protocol, from `first` to `last`, both included. */
export function portsOf(traffic: Traffic, protocol: Protocol): readonly Ports[] {
  return [
    ...traffic[protocol].map(({ from, to }) => ({ first: from, last: to - 1 })),
    ...traffic.names
      .filter((name) => name.startsWith(`${protocol} `))
      .map((name) => ({ name: name.slice(protocol.length + 1) })),
  ];
}
