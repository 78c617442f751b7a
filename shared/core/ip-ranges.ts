import { commonSpans, isWithinSpans, spansOf, spansWithout, type Span, type Spans } from './spans';

/** A set of addresses, exact: IPv4 as numbers, IPv6 as bigints. */
export interface IpRanges {
  readonly v4: Spans<number>;
  readonly v6: Spans<bigint>;
}

export const everyAddress: IpRanges = { v4: [{ from: 0, to: 2 ** 32 }], v6: [{ from: 0n, to: 1n << 128n }] };

export const noRange: IpRanges = { v4: [], v6: [] };

export function bothRanges(...sets: readonly IpRanges[]): IpRanges {
  return jointRanges(sets);
}

/** The same of a list that may be too long to be handed over part by part. */
export function jointRanges(sets: readonly IpRanges[]): IpRanges {
  return { v4: spansOf(sets.flatMap(({ v4 }) => v4)), v6: spansOf(sets.flatMap(({ v6 }) => v6)) };
}

export function commonRanges(a: IpRanges, b: IpRanges): IpRanges {
  return { v4: commonSpans(a.v4, b.v4), v6: commonSpans(a.v6, b.v6) };
}

export function rangesWithout(a: IpRanges, b: IpRanges): IpRanges {
  return { v4: spansWithout(a.v4, b.v4), v6: spansWithout(a.v6, b.v6) };
}

export function isWithinRanges(a: IpRanges, b: IpRanges): boolean {
  return isWithinSpans(a.v4, b.v4) && isWithinSpans(a.v6, b.v6);
}

/** An address or a range in CIDR notation; bits behind the prefix do not count. Undefined when it is neither. */
export function ipRangesFrom(text: string): IpRanges | undefined {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  if (address.includes(':')) {
    const [from, kept] = [v6From(address), lengthFrom(length, 128)];
    return from === undefined || kept === undefined ? undefined : { v4: [], v6: [v6Range(from, kept)] };
  }
  const [from, kept] = [v4From(address), lengthFrom(length, 32)];
  return from === undefined || kept === undefined ? undefined : { v4: [v4Range(from, kept)], v6: [] };
}

/** A range in CIDR notation only; undefined for anything else, an address alone too. */
export function cidrFrom(text: string): IpRanges | undefined {
  return text.includes('/') ? ipRangesFrom(text) : undefined;
}

function lengthFrom(text: string | undefined, bits: number): number | undefined {
  if (text === undefined) return bits;
  return /^\d{1,3}$/.test(text) && Number(text) <= bits ? Number(text) : undefined;
}

function v4Range(address: number, length: number): Span<number> {
  const size = 2 ** (32 - length);
  const from = Math.floor(address / size) * size;
  return { from, to: from + size };
}

function v6Range(address: bigint, length: number): Span<bigint> {
  const size = BigInt(128 - length);
  const from = (address >> size) << size;
  return { from, to: from + (1n << size) };
}

function v4From(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function v6From(text: string): bigint | undefined {
  const sides = text.split('::').map(groupsIn);
  const [head = [], tail] = sides;
  if (sides.length > 2) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** The last 32 bits may be written as an IPv4 address. */
function groupsIn(side: string): readonly string[] {
  const groups = side === '' ? [] : side.split(':');
  const last = groups.at(-1) ?? '';
  const v4 = last.includes('.') ? v4From(last) : undefined;
  if (v4 === undefined) return groups;
  return [...groups.slice(0, -1), Math.floor(v4 / 65_536).toString(16), (v4 % 65_536).toString(16)];
}

/** The same addresses as ranges in CIDR notation, as few as there can be. */
export function cidrsOf({ v4, v6 }: IpRanges): readonly string[] {
  return [
    ...v4.flatMap(({ from, to }) =>
      blocksIn(BigInt(from), BigInt(to), 32).map(({ first, length }) => `${v4Text(Number(first))}/${length}`),
    ),
    ...v6.flatMap(({ from, to }) => blocksIn(from, to, 128).map(({ first, length }) => `${v6Text(first)}/${length}`)),
  ];
}

function blocksIn(
  from: bigint,
  to: bigint,
  bits: number,
): readonly { readonly first: bigint; readonly length: number }[] {
  const blocks: { readonly first: bigint; readonly length: number }[] = [];
  for (let first = from; first < to;) {
    let host = 0;
    const fits = (size: bigint): boolean => first % size === 0n && first + size <= to;
    while (host < bits && fits(1n << BigInt(host + 1))) host += 1;
    blocks.push({ first, length: bits - host });
    first += 1n << BigInt(host);
  }
  return blocks;
}

export function v4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** As RFC 5952 writes it: lower case, the longest run of zeros left out. */
export function v6Text(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((address >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  const runs = [...groups.join(':').matchAll(/(?<=^|:)0(:0)+(?=$|:)/g)];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return groups.join(':');
  const whole = groups.join(':');
  const [before, after] = [whole.slice(0, longest.index), whole.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}
