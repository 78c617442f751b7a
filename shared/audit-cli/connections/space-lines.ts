import { bothTraffics, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { shortened, type Cell } from '../columns';
import { portsText } from './names';
import type { WorkloadLine } from './workload-lines';

/** What is open to the workloads of a namespace. */
interface Space {
  /** Connections by the namespace that they come from. */
  readonly from: Map<string, number>;
  readonly traffics: Set<Traffic>;
}

/** The connections counted by the namespace that they lead to, and from where most come. */
export function spaceLines(between: readonly WorkloadLine[]): readonly (readonly Cell[])[] {
  const spaces = new Map<string, Space>();
  for (const line of between) addTo(spaces, line);
  return [...spaces].toSorted().map(([to, { from, traffics }]) => {
    const most = [...from].toSorted(([, a], [, b]) => b - a).map(([name, count]) => `${name}/* (${count})`);
    const ports = traffics.size > 20 ? 'many' : portsText(bothTraffics(...traffics));
    const count = [...from.values()].reduce((sum, one) => sum + one, 0);
    return [[`${to}/*`], [`${count}`], [shortened(most, 4).join(' ')], [ports.length > 40 ? 'many' : ports]];
  });
}

const bySpace = (workloads: readonly Workload[]) => Map.groupBy(workloads, ({ namespace }) => namespace);

function addTo(spaces: Map<string, Space>, line: WorkloadLine): void {
  const senders = [...bySpace(line.from)];
  for (const [to, receivers] of bySpace(line.to)) {
    const space = spaces.get(to) ?? { from: new Map<string, number>(), traffics: new Set<Traffic>() };
    const counts = senders.map(([from, some]) => [from, connectionsBetween(some, receivers)] as const);
    for (const [from, count] of counts.filter((one) => one[1] > 0))
      space.from.set(from, count + (space.from.get(from) ?? 0));
    if (counts.some(([, count]) => count > 0)) spaces.set(to, { ...space, traffics: space.traffics.add(line.traffic) });
  }
}

/** How many connections a line stands for; what pods of one workload have among themselves is none. */
export function connectionsBetween(from: readonly Workload[], to: readonly Workload[]): number {
  const receivers = new Set(to);
  return from.length * to.length - from.filter((one) => receivers.has(one)).length;
}
