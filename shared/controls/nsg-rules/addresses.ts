import { commonSpans, spansOf, spansWithout, type Span, type Spans } from './spans';

/**
 * Where traffic comes from or goes to. Service tags and application security groups are opaque: what addresses they
 * stand for is not known, so each is a thing of its own beside the addresses.
 */
export interface Addresses {
  readonly v4: Spans<number>;
  readonly v6: Spans<bigint>;
  readonly names: Names;
}

/** Keys of tags and groups; with `allBut` all except these. */
export interface Names {
  readonly allBut: boolean;
  readonly keys: readonly string[];
}

const noNames: Names = { allBut: false, keys: [] };
const allOfV4: Spans<number> = [{ from: 0, to: 2 ** 32 }];
const allOfV6: Spans<bigint> = [{ from: 0n, to: 1n << 128n }];

export const anyAddress: Addresses = { v4: allOfV4, v6: allOfV6, names: { allBut: true, keys: [] } };

export const noAddress: Addresses = { v4: [], v6: [], names: noNames };

export function named(...keys: readonly string[]): Addresses {
  return { v4: [], v6: [], names: { allBut: false, keys } };
}

export function bothOf(a: Addresses, b: Addresses): Addresses {
  return { v4: spansOf([...a.v4, ...b.v4]), v6: spansOf([...a.v6, ...b.v6]), names: bothNames(a.names, b.names) };
}

export function commonAddresses(a: Addresses, b: Addresses): Addresses {
  return { v4: commonSpans(a.v4, b.v4), v6: commonSpans(a.v6, b.v6), names: commonNames(a.names, b.names) };
}

export function addressesWithout(a: Addresses, b: Addresses): Addresses {
  const { allBut, keys } = b.names;
  const names = commonNames(a.names, { allBut: !allBut, keys });
  return { v4: spansWithout(a.v4, b.v4), v6: spansWithout(a.v6, b.v6), names };
}

export function isNowhere({ v4, v6, names }: Addresses): boolean {
  return v4.length === 0 && v6.length === 0 && !names.allBut && names.keys.length === 0;
}

export function isAllOfV4({ v4 }: Addresses): boolean {
  return spansWithout(allOfV4, v4).length === 0;
}

export function isAllOfV6({ v6 }: Addresses): boolean {
  return spansWithout(allOfV6, v6).length === 0;
}

export function hasName({ names }: Addresses, key: string): boolean {
  return names.keys.includes(key) !== names.allBut;
}

function bothNames(a: Names, b: Names): Names {
  if (!a.allBut && !b.allBut) return { allBut: false, keys: [...new Set([...a.keys, ...b.keys])] };
  if (a.allBut && b.allBut) return { allBut: true, keys: a.keys.filter((key) => b.keys.includes(key)) };
  const [all, some] = a.allBut ? [a, b] : [b, a];
  return { allBut: true, keys: all.keys.filter((key) => !some.keys.includes(key)) };
}

function commonNames(a: Names, b: Names): Names {
  if (a.allBut && b.allBut) return { allBut: true, keys: [...new Set([...a.keys, ...b.keys])] };
  const [some, other] = a.allBut ? [b, a] : [a, b];
  return { allBut: false, keys: some.keys.filter((key) => other.keys.includes(key) !== other.allBut) };
}

/** `*`, an address, a range in CIDR notation, or a service tag; undefined when it is none of them. */
export function addressesFrom(text: string): Addresses | undefined {
  if (/^(\*|any)$/i.test(text)) return anyAddress;
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  if (address.includes(':')) {
    const v6 = cidr(v6From(address), length, 128);
    return v6 && { ...noAddress, v6: [v6] };
  }
  if (/^[\d.]+$/.test(address)) {
    const v4 = cidr(v4From(address), length, 32);
    return v4 && { ...noAddress, v4: [{ from: Number(v4.from), to: Number(v4.to) }] };
  }
  return length === undefined && /^[a-z][\w.-]*$/i.test(address) ? named(address.toLowerCase()) : undefined;
}

/** Bits behind the prefix do not count, as Azure takes them. */
function cidr(address: bigint | undefined, length: string | undefined, bits: number): Span<bigint> | undefined {
  if (address === undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const kept = length === undefined ? bits : Number(length);
  if (kept > bits) return undefined;
  const size = BigInt(bits - kept);
  const from = (address >> size) << size;
  return { from, to: from + (1n << size) };
}

function v4From(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
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
  return [...groups.slice(0, -1), (v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16)];
}
