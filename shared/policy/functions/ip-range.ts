import { shown } from '../json';
import { fail } from './arguments';

/** Whether the whole of one address range lies inside another: a single address, CIDR or `first-last`. */
export function ipRangeContains(range: string, target: string): boolean {
  const [outer, inner] = [rangeOf(range), rangeOf(target)];
  if (outer.bits !== inner.bits) return fail(`${shown(range)} and ${shown(target)} are of different families`);
  return outer.first <= inner.first && inner.last <= outer.last;
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function rangeOf(text: string): Range {
  const [first = '', last] = text.split('-');
  if (last !== undefined) return between(addressOf(first.trim()), addressOf(last.trim()), text);
  const [address = '', prefix] = text.split('/');
  const start = addressOf(address.trim());
  return prefix === undefined
    ? { ...start, first: start.value, last: start.value }
    : network(start, prefix.trim(), text);
}

function between(first: Address, last: Address, text: string): Range {
  if (first.bits !== last.bits) return fail(`${shown(text)} begins and ends in different families`);
  if (first.value > last.value) return fail(`${shown(text)} is an empty range`);
  return { bits: first.bits, first: first.value, last: last.value };
}

function network({ bits, value }: Address, prefix: string, text: string): Range {
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(length <= bits)) return fail(`${shown(text)} is not an address range`);
  const hosts = BigInt(bits - length);
  const first = (value >> hosts) << hosts;
  return { bits, first, last: first + (1n << hosts) - 1n };
}

function addressOf(text: string): Address {
  const value = text.includes(':') ? version6(text) : version4(text);
  if (value === undefined) return fail(`${shown(text)} is not an address`);
  return { bits: text.includes(':') ? 128 : 32, value };
}

function version4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return joined(parts.map(BigInt), 8n);
}

function version6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const [front, back] = [groupsOf(head), groupsOf(tail ?? '')];
  if (more.length > 0 || front === undefined || back === undefined) return undefined;
  const gap = 8 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  return joined([...front, ...Array.from({ length: gap }, () => 0n), ...back], 16n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const embedded = version4(parts.at(-1) ?? '');
  const groups = embedded === undefined ? parts : parts.slice(0, -1);
  if (!groups.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const values = groups.map((part) => BigInt(`0x${part}`));
  return embedded === undefined ? values : [...values, embedded >> 16n, embedded & 0xffffn];
}

const joined = (parts: readonly bigint[], bits: bigint): bigint =>
  parts.reduce((value, part) => (value << bits) | part, 0n);
