import {
  bothRanges,
  cidrsOf,
  everyAddress,
  ipRangesFrom,
  isWithinRanges,
  noRange,
  rangesWithout,
} from '../../core/ip-ranges';
import type { IpRanges } from '../../core/ip-ranges';
import type { Opening } from '../../kubernetes/reachability/outside';
import { directions, type Direction } from '../../kubernetes/reachability/policy';
import type { Reachability } from '../../kubernetes/reachability/reachability';
import { trafficText, type Traffic } from '../../kubernetes/reachability/traffic';
import type { Workload } from '../../kubernetes/reachability/workloads';

/** What addresses outside the cluster may send to workloads (`ingress`) or get from them (`egress`). */
export interface OutsideLine {
  readonly direction: Direction;
  readonly ranges: IpRanges;
  readonly workloads: readonly Workload[];
  readonly traffic: Traffic;
}

/** Workloads that the same addresses may exchange the same with stand in one line. */
export function outsideLines(reachability: Reachability, workloads: readonly Workload[]): readonly OutsideLine[] {
  const sorts = [...Map.groupBy(workloads, (workload) => reachability.sortOf(workload)).values()];
  const found = new Map<string, { line: Omit<OutsideLine, 'workloads'>; workloads: Workload[] }>();
  for (const [direction, sort] of directions.flatMap((one) => sorts.map((sort) => [one, sort] as const))) {
    for (const { ranges, traffic } of openRanges(sort[0], direction, reachability)) {
      const key = JSON.stringify([direction, cidrsOf(ranges), trafficText(traffic)]);
      const entry = found.get(key) ?? { line: { direction, ranges, traffic }, workloads: [] };
      found.set(key, entry);
      entry.workloads.push(...sort);
    }
  }
  return [...found.values()].map(({ line, workloads }) => ({ ...line, workloads }));
}

/** The openings of a workload, those with the same traffic together. */
export function openRanges(
  workload: Workload | undefined,
  direction: Direction,
  reachability: Reachability,
): readonly { readonly ranges: IpRanges; readonly traffic: Traffic }[] {
  const openings = workload === undefined ? [] : reachability.outside(workload, direction);
  return [...Map.groupBy(openings, ({ traffic }) => trafficText(traffic)).values()].flatMap((same) =>
    same.slice(0, 1).map(({ traffic }) => ({ traffic, ranges: bothRanges(...same.map(rangesOf)) })),
  );
}

function rangesOf({ first, last }: Opening): IpRanges {
  const [from, to] = [ipRangesFrom(first) ?? noRange, ipRangesFrom(last) ?? noRange];
  return { v4: spanOver(from.v4, to.v4), v6: spanOver(from.v6, to.v6) };
}

function spanOver<N extends number | bigint>(
  [first]: readonly { readonly from: N; readonly to: N }[],
  [last]: readonly { readonly from: N; readonly to: N }[],
) {
  return first === undefined || last === undefined ? [] : [{ from: first.from, to: last.to }];
}

/** `any address`, CIDRs, or CIDRs with what is left out of them when that is shorter. */
export function rangesTexts(ranges: IpRanges): readonly string[] {
  if (isWithinRanges(everyAddress, ranges)) return ['any address'];
  return [...familyTexts({ ...noRange, v4: ranges.v4 }), ...familyTexts({ ...noRange, v6: ranges.v6 })];
}

function familyTexts(ranges: IpRanges): readonly string[] {
  const plain = cidrsOf(ranges);
  const around = plain.length < 3 ? undefined : smallestAround(ranges);
  const holes = around === undefined ? [] : cidrsOf(rangesWithout(around, ranges));
  if (around === undefined || holes.length + 1 >= plain.length) return plain;
  return [`${cidrsOf(around).join()} except ${holes.join(', ')}`];
}

/** The smallest range in CIDR notation around all of them. */
function smallestAround(ranges: IpRanges): IpRanges | undefined {
  const [first = ''] = cidrsOf(ranges);
  const [address = '', length = '0'] = first.split('/');
  for (let bits = Number(length); bits >= 0; bits -= 1) {
    const around = ipRangesFrom(`${address}/${bits}`);
    if (around !== undefined && isWithinRanges(ranges, around)) return around;
  }
  return undefined;
}
