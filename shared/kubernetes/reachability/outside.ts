import { everyAddress, v4Text, v6Text, type IpRanges } from '../../core/ip-ranges';
import type { Span, Spans } from '../../core/spans';
import type { PodClass } from './pod-classes';
import type { Direction } from './policy';
import type { PolicyRule } from './sides';
import { trafficTo } from './rule-ports';
import { allTraffic, bothTraffics, isNoTraffic, noTraffic, trafficText, type Traffic } from './traffic';

/** What addresses outside the cluster, `first` to `last`, may exchange with a workload. Neighbours differ in it. */
export interface Opening {
  readonly family: 4 | 6;
  readonly first: string;
  readonly last: string;
  readonly traffic: Traffic;
}

export function outsideOf(
  pods: readonly { readonly pod: PodClass; readonly rules: readonly PolicyRule[] | undefined }[],
  direction: Direction,
): readonly Opening[] {
  const parts = pods.flatMap(({ pod, rules }) => {
    if (rules === undefined) return [{ ranges: everyAddress, traffic: allTraffic }];
    return rules.flatMap(({ rule }) => {
      const listener = direction === 'ingress' ? pod.ports : [];
      const traffic = rule.ports === undefined ? allTraffic : trafficTo(rule.ports, listener);
      return rangesOf(rule.peers).map((ranges) => ({ ranges, traffic }));
    });
  });
  const v4 = pieces(parts.map(({ ranges: { v4 }, traffic }) => ({ spans: v4, traffic })));
  const v6 = pieces(parts.map(({ ranges: { v6 }, traffic }) => ({ spans: v6, traffic })));
  return [
    ...v4.map(({ from, to, traffic }) => ({ family: 4 as const, first: v4Text(from), last: v4Text(to - 1), traffic })),
    ...v6.map(({ from, to, traffic }) => ({ family: 6 as const, first: v6Text(from), last: v6Text(to - 1n), traffic })),
  ];
}

function rangesOf(peers: PolicyRule['rule']['peers']): readonly IpRanges[] {
  if (peers === undefined) return [everyAddress];
  return peers.flatMap((peer) => (peer.kind === 'block' ? [peer.ranges] : []));
}

type Piece<N extends number | bigint> = Span<N> & { readonly traffic: Traffic };

/** Cuts at every border, and joins neighbours again that came out alike. */
function pieces<N extends number | bigint>(
  parts: readonly { readonly spans: Spans<N>; readonly traffic: Traffic }[],
): readonly Piece<N>[] {
  const spans = parts.flatMap(({ spans, traffic }) => spans.map((span) => ({ ...span, traffic })));
  const cuts = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => (a < b ? -1 : 1));
  const joined: Piece<N>[] = [];
  cuts.forEach((from, at) => {
    const to = cuts[at + 1];
    if (to === undefined) return;
    const covering = spans.filter((span) => span.from <= from && to <= span.to).map(({ traffic }) => traffic);
    const traffic = bothTraffics(noTraffic, ...new Set(covering));
    if (isNoTraffic(traffic)) return;
    const last = joined.at(-1);
    if (last?.to === from && trafficText(last.traffic) === trafficText(traffic)) {
      joined[joined.length - 1] = { from: last.from, to, traffic };
    } else joined.push({ from, to, traffic });
  });
  return joined;
}
