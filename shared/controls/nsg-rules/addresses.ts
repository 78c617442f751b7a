import { ipRangesFrom } from '../../core/ip-ranges';
import { commonSpans, isWithinSpans, spansOf, spansTouch, spansWithout, type Spans } from '../../core/spans';

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
  if (isAny(b)) return a;
  return { v4: commonSpans(a.v4, b.v4), v6: commonSpans(a.v6, b.v6), names: commonNames(a.names, b.names) };
}

export function addressesTouch(a: Addresses, b: Addresses): boolean {
  return spansTouch(a.v4, b.v4) || spansTouch(a.v6, b.v6) || namesTouch(a.names, b.names);
}

export function isWithinAddresses(a: Addresses, b: Addresses): boolean {
  return isWithinSpans(a.v4, b.v4) && isWithinSpans(a.v6, b.v6) && isWithinNames(a.names, b.names);
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
  return isWithinSpans(allOfV4, v4);
}

export function isAllOfV6({ v6 }: Addresses): boolean {
  return isWithinSpans(allOfV6, v6);
}

function isAny(addresses: Addresses): boolean {
  return addresses === anyAddress;
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

function namesTouch(a: Names, b: Names): boolean {
  if (a.allBut) return b.allBut || b.keys.some((key) => !a.keys.includes(key));
  return a.keys.some((key) => b.keys.includes(key) !== b.allBut);
}

function isWithinNames(a: Names, b: Names): boolean {
  if (a.allBut) return b.allBut && b.keys.every((key) => a.keys.includes(key));
  return a.keys.every((key) => b.keys.includes(key) !== b.allBut);
}

/** `*`, an address, a range in CIDR notation, or a service tag; undefined when it is none of them. */
export function addressesFrom(text: string): Addresses | undefined {
  if (/^(\*|any)$/i.test(text)) return anyAddress;
  const ranges = ipRangesFrom(text);
  if (ranges !== undefined) return { ...ranges, names: noNames };
  return /^[a-z][\w.-]*$/i.test(text) ? named(text.toLowerCase()) : undefined;
}
