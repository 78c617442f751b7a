import { bothTraffics } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';
import type { Cell } from '../columns';
import { portsText } from './names';
import type { WorkloadLine } from './workload-lines';

interface Pair {
  readonly from: string;
  readonly to: string;
  count: number;
  readonly lines: WorkloadLine[];
}

/** The connections counted by pairs of namespaces, those with most first. */
export function spaceLines(
  between: readonly WorkloadLine[],
  most: number,
): { readonly lines: readonly (readonly Cell[])[]; readonly more: number } {
  const pairs = pairsOf(between).toSorted((a, b) => b.count - a.count);
  return {
    lines: pairs
      .slice(0, most)
      .map(({ from, to, count, lines }) => [
        [`${from}/*`],
        [`${to}/*`],
        [`${count}`],
        [
          shortPorts(
            [...new Set(lines.map(({ traffic }) => traffic))].length > 50
              ? 'many'
              : portsText(bothTraffics(...lines.map(({ traffic }) => traffic))),
          ),
        ],
      ]),
    more: Math.max(0, pairs.length - most),
  };
}

const shortPorts = (text: string): string => (text.length > 40 ? `${text.slice(0, 38)} …` : text);

function pairsOf(between: readonly WorkloadLine[]): readonly Pair[] {
  const found = new Map<string, Pair>();
  for (const line of between) for (const pair of pairsIn(line)) add(found, pair);
  return [...found.values()].filter(({ count }) => count > 0);
}

function pairsIn(line: WorkloadLine): readonly Pair[] {
  const receivers = [...bySpace(line.to)];
  return [...bySpace(line.from)].flatMap(([from, some]) =>
    receivers.map(([to, others]) => ({ from, to, count: connections(some, others), lines: [line] })),
  );
}

const bySpace = (workloads: readonly Workload[]) => Map.groupBy(workloads, ({ namespace }) => namespace);

function connections(from: readonly Workload[], to: readonly Workload[]): number {
  const receivers = new Set(to);
  return from.length * to.length - from.filter((one) => receivers.has(one)).length;
}

function add(found: Map<string, Pair>, pair: Pair): void {
  const key = `${pair.from}/${pair.to}`;
  const known = found.get(key);
  if (known === undefined) found.set(key, pair);
  else {
    known.count += pair.count;
    known.lines.push(...pair.lines);
  }
}
