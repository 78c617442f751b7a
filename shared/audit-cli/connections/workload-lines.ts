import type { Reachability } from '../../kubernetes/reachability/reachability';
import { isNoTraffic, noTraffic, trafficText, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';

/** What each workload of one side may send to each of the other. A workload on both sides: its pods among themselves. */
export interface WorkloadLine {
  readonly from: readonly Workload[];
  readonly to: readonly Workload[];
  readonly traffic: Traffic;
}

/** Workloads that no policy tells from each other. */
interface Sort {
  readonly workloads: readonly Workload[];
  readonly example: Workload;
}

/** What each sort may send to each other, as numbers of traffics; 0 is none. */
interface Table {
  readonly senders: readonly Sort[];
  readonly receivers: readonly Sort[];
  readonly cells: Uint32Array;
  readonly traffics: readonly Traffic[];
}

/** The most pairs of sorts that are looked at: some seconds. */
export const MOST_PAIRS = 25_000_000;

/** How many pairs of sorts lie between the workloads. */
export function pairsBetween(reachability: Reachability, from: readonly Workload[], to: readonly Workload[]): number {
  return sortsOf(reachability, from).length * sortsOf(reachability, to).length;
}

/**
 * Every connection between the workloads that is left open, each in one line only. Who may send alike stands in one line,
 * or who may be sent alike, whichever makes fewer lines.
 */
export function workloadLines(
  reachability: Reachability,
  from: readonly Workload[],
  to: readonly Workload[],
): readonly WorkloadLine[] {
  const table = tableOf(reachability, sortsOf(reachability, from), sortsOf(reachability, to));
  const { senders, receivers, cells, traffics } = table;
  const bySender = groups(senders.length, receivers.length, (own, other) => cells[own * receivers.length + other] ?? 0);
  const byReceiver = groups(
    receivers.length,
    senders.length,
    (own, other) => cells[other * receivers.length + own] ?? 0,
  );
  const isBySender = bySender.length <= byReceiver.length;
  const workloads = (sorts: readonly Sort[], at: readonly number[]) => at.flatMap((one) => sorts[one]?.workloads ?? []);
  return (isBySender ? bySender : byReceiver).map(({ owns, others, cell }) => ({
    from: workloads(senders, isBySender ? owns : others),
    to: workloads(receivers, isBySender ? others : owns),
    traffic: traffics[cell] ?? noTraffic,
  }));
}

function sortsOf(reachability: Reachability, workloads: readonly Workload[]): readonly Sort[] {
  const byKey = Map.groupBy(workloads, (workload) => reachability.sortOf(workload));
  return [...byKey.values()].flatMap(([example, ...more]) =>
    example === undefined ? [] : [{ example, workloads: [example, ...more] }],
  );
}

function tableOf(reachability: Reachability, senders: readonly Sort[], receivers: readonly Sort[]): Table {
  const cells = new Uint32Array(senders.length * receivers.length);
  const traffics: Traffic[] = [noTraffic];
  const numberOf = numbers(traffics);
  senders.forEach((sender, row) => {
    receivers.forEach((receiver, column) => {
      const traffic = reachability.between(sender.example, receiver.example);
      cells[row * receivers.length + column] = numberOf(traffic);
    });
  });
  const table = { senders, receivers, cells, traffics };
  forgetLonePods(table);
  return table;
}

/** The number of a traffic, the same for those that say the same. */
function numbers(traffics: Traffic[]): (traffic: Traffic) => number {
  const [known, byText] = [new Map<Traffic, number>(), new Map<string, number>()];
  return (traffic) => {
    const found = known.get(traffic) ?? (isNoTraffic(traffic) ? 0 : byText.get(trafficText(traffic)));
    const number = found ?? traffics.push(traffic) - 1;
    if (number > 0 && found === undefined) byText.set(trafficText(traffic), number);
    known.set(traffic, number);
    return number;
  };
}

/** A pod of its own has no other pods: it stands among those that it talks to only where it makes them complete. */
function forgetLonePods({ senders, receivers, cells }: Table): void {
  const width = receivers.length;
  senders.forEach((sender, row) => {
    const column = isLonePod(sender) ? receivers.findIndex((receiver) => isOnly(sender.example, receiver)) : -1;
    if (column < 0) return;
    const own = row * width + column;
    const isAlike = (at: number): boolean => cells[at] === cells[own];
    const isNear = ({ example }: Sort): boolean => example.namespace === sender.example.namespace;
    const sent = receivers.map((sort, at) => ({ sort, at: row * width + at }));
    const taken = senders.map((sort, at) => ({ sort, at: at * width + column }));
    const isComplete = [sent, taken].some((line) =>
      [line, line.filter(({ sort }) => isNear(sort))].some(
        (ones) => ones.length > 1 && ones.every(({ at }) => isAlike(at)),
      ),
    );
    if (!isComplete) cells[own] = 0;
  });
}

const isOnly = (workload: Workload, { workloads }: Sort): boolean =>
  workloads.length === 1 && workloads[0] === workload;

const isLonePod = ({ workloads: [first, ...more] }: Sort): boolean =>
  more.length === 0 && first?.kind === 'Pod' && first.pods.length === 1;

interface Group {
  readonly owns: number[];
  readonly others: readonly number[];
  readonly cell: number;
}

/** Those that have the same in the same places. */
function groups(size: number, width: number, cellOf: (own: number, other: number) => number): readonly Group[] {
  const found = new Map<string, Group>();
  for (let own = 0; own < size; own += 1) {
    const byCell = new Map<number, number[]>();
    for (let other = 0; other < width; other += 1) append(byCell, cellOf(own, other), other);
    byCell.delete(0);
    for (const [cell, others] of byCell) {
      const key = `${cell}:${others.join()}`;
      const group = found.get(key) ?? { owns: [], others, cell };
      found.set(key, group);
      group.owns.push(own);
    }
  }
  return [...found.values()];
}

function append(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
