/** A range of addresses. Bits of the host are masked, as the API server stores them and nobody uses them. */
export interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly length: number;
}

/** Undefined: not `address/length`. */
export function rangeOf(cidr: string): Range | undefined {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? fourOf(address) : sixOf(address);
  const length = Number(digits);
  if (value === undefined || digits === '' || length > bits) return undefined;
  const host = BigInt(bits - length);
  return { bits, first: (value >> host) << host, length };
}

/** Strictly: a range does not lie within itself. */
export function isWithin(inner: Range, outer: Range): boolean {
  if (inner.bits !== outer.bits || inner.length <= outer.length) return false;
  const host = BigInt(outer.bits - outer.length);
  return inner.first >> host === outer.first >> host;
}

function fourOf(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function sixOf(address: string): bigint | undefined {
  const [left = '', right, more] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(left).length - groups(right ?? '').length;
  if (more !== undefined || (right === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...groups(left), ...Array.from({ length: missing }, () => '0'), ...groups(right ?? '')];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}
