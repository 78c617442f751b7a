/** Numbers from `from` up to, and without, `to`: ports and IPv4 addresses as numbers, IPv6 addresses as bigints. */
export interface Span<N extends number | bigint> {
  readonly from: N;
  readonly to: N;
}

/** In order, apart from each other, none empty. */
export type Spans<N extends number | bigint> = readonly Span<N>[];

export function spansOf<N extends number | bigint>(loose: readonly Span<N>[]): Spans<N> {
  if (loose.length < 2) return loose.filter(({ from, to }) => from < to);
  const sorted = loose.filter(({ from, to }) => from < to).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const joined: Span<N>[] = [];
  for (const span of sorted) {
    const last = joined.at(-1);
    if (last === undefined || last.to < span.from) joined.push(span);
    else if (last.to < span.to) joined[joined.length - 1] = { from: last.from, to: span.to };
  }
  return joined;
}

export function commonSpans<N extends number | bigint>(a: Spans<N>, b: Spans<N>): Spans<N> {
  if (isWithinSpans(a, b)) return a;
  return a.flatMap((one) => b.flatMap((other) => overlap(one, other)));
}

function overlap<N extends number | bigint>(one: Span<N>, other: Span<N>): Spans<N> {
  const from = one.from < other.from ? other.from : one.from;
  const to = one.to < other.to ? one.to : other.to;
  return from < to ? [{ from, to }] : [];
}

export function spansTouch<N extends number | bigint>(a: Spans<N>, b: Spans<N>): boolean {
  return a.some((one) => b.some((other) => one.from < other.to && other.from < one.to));
}

/** Since spans are apart from each other, each lies in a single one of the others. */
export function isWithinSpans<N extends number | bigint>(a: Spans<N>, b: Spans<N>): boolean {
  return a.every((one) => b.some((other) => other.from <= one.from && one.to <= other.to));
}

export function spansWithout<N extends number | bigint>(a: Spans<N>, b: Spans<N>): Spans<N> {
  let left = a;
  for (const hole of b) left = left.flatMap((span) => around(span, hole));
  return left;
}

function around<N extends number | bigint>(span: Span<N>, hole: Span<N>): Spans<N> {
  if (hole.to <= span.from || span.to <= hole.from) return [span];
  return [
    ...(span.from < hole.from ? [{ from: span.from, to: hole.from }] : []),
    ...(hole.to < span.to ? [{ from: hole.to, to: span.to }] : []),
  ];
}
