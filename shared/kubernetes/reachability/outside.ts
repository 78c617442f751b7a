import { everyAddress, v4Text, v6Text, type IpRanges } from '../../core/ip-ranges';
import type { Span, Spans } from '../../core/spans';
import type { PodClass } from './pod-classes';
import type { Direction } from './policy';
import type { PolicyRule } from './sides';
import { trafficTo } from './rule-ports';
import { allTraffic, isNoTraffic, jointTraffic, trafficText, type Traffic } from './traffic';

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

/** Goes from border to border with what is open there, and joins neighbours again that came out alike. */
function pieces<N extends number | bigint>(
  parts: readonly { readonly spans: Spans<N>; readonly traffic: Traffic }[],
): readonly Piece<N>[] {
  const borders = parts
    .flatMap(({ spans, traffic }) => {
      const text = trafficText(traffic);
      return spans.flatMap(({ from, to }) => [
        { at: from, text, traffic, by: 1 },
        { at: to, text, traffic, by: -1 },
      ]);
    })
    .toSorted((a, b) => Number(a.at > b.at) - Number(a.at < b.at));
  const open = new Map<string, { readonly traffic: Traffic; readonly count: number }>();
  const joined: Piece<N>[] = [];
  for (const [index, { at, text, traffic, by }] of borders.entries()) {
    const count = (open.get(text)?.count ?? 0) + by;
    if (count > 0) open.set(text, { traffic, count });
    else open.delete(text);
    const to = borders[index + 1]?.at ?? at;
    if (to !== at && open.size > 0) join(joined, { from: at, to, traffic: unionOf(open.values()) });
  }
  return joined;
}

const unionOf = (parts: Iterable<{ readonly traffic: Traffic }>): Traffic =>
  jointTraffic(Array.from(parts, ({ traffic }) => traffic));

function join<N extends number | bigint>(joined: Piece<N>[], piece: Piece<N>): void {
  if (isNoTraffic(piece.traffic)) return;
  const last = joined.at(-1);
  if (last?.to === piece.from && trafficText(last.traffic) === trafficText(piece.traffic)) {
    joined[joined.length - 1] = { ...piece, from: last.from };
  } else joined.push(piece);
}
