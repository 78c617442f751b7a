import fc from 'fast-check';
import {
  bothRanges,
  cidrsOf,
  commonRanges,
  ipRangesFrom,
  isWithinRanges,
  jointRanges,
  rangesWithout,
  v4Text,
  v6Text,
  type IpRanges,
} from '../../shared/core/ip-ranges';

/** Ranges of a few addresses each, so that every one can be tried. */
const smallCidr = fc
  .tuple(fc.nat(63), fc.integer({ min: 26, max: 32 }))
  .map(([low, length]) => `10.0.0.${low}/${length}`);
const everySmall = Array.from({ length: 64 }, (_, low) => 0x0a000000 + low);
const holds = ({ v4 }: IpRanges, address: number) => v4.some(({ from, to }) => from <= address && address < to);
const parsed = (texts: readonly string[]) => bothRanges(...texts.map((text) => ipRangesFrom(text)!));

test('sets of addresses hold what each address says on its own', () => {
  const set = fc.array(smallCidr, { maxLength: 5 });
  fc.assert(
    fc.property(set, set, (one, other) => {
      const [a, b] = [parsed(one), parsed(other)];
      for (const address of everySmall) {
        const [inA, inB] = [holds(a, address), holds(b, address)];
        expect(inA).toBe(one.some((text) => holds(ipRangesFrom(text)!, address)));
        expect(holds(commonRanges(a, b), address)).toBe(inA && inB);
        expect(holds(rangesWithout(a, b), address)).toBe(inA && !inB);
      }
      expect(isWithinRanges(a, b)).toBe(everySmall.every((address) => !holds(a, address) || holds(b, address)));
    }),
  );
});

test('CIDRs say the same addresses, and none of them could be left out or joined with the next', () => {
  fc.assert(
    fc.property(fc.array(smallCidr, { maxLength: 5 }), (texts) => {
      const [ranges, cidrs] = [parsed(texts), cidrsOf(parsed(texts))];
      expect(parsed(cidrs)).toEqual(ranges);
      const sizes = cidrs.map((cidr) => ipRangesFrom(cidr)!.v4[0]!).map(({ from, to }) => to - from);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(everySmall.filter((one) => holds(ranges, one)).length);
    }),
  );
});

test.each([
  [
    ['0.0.0.0/0', '::/0'],
    ['0.0.0.0/0', '::/0'],
  ],
  [['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8']],
  [
    ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
    ['10.0.0.1/32', '10.0.0.2/31'],
  ],
  [['2001:db8::/33', '2001:db8:8000::/33'], ['2001:db8::/32']],
  [[], []],
])('the ranges %j are the CIDRs %j', (given, expected) => {
  expect(cidrsOf(parsed(given))).toEqual(expected);
});

test('an address that is written is the address that is read', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.nat(127), (v4, v6, zeros) => {
      expect(ipRangesFrom(v4Text(v4))!.v4).toEqual([{ from: v4, to: v4 + 1 }]);
      const sparse = (v6 >> BigInt(zeros)) << BigInt(zeros);
      expect(ipRangesFrom(v6Text(sparse))!.v6).toEqual([{ from: sparse, to: sparse + 1n }]);
    }),
  );
});

test.each([
  [0n, '::'],
  [1n, '::1'],
  [0x20010db8n << 96n, '2001:db8::'],
  [(0x20010db8n << 96n) | (1n << 80n) | 1n, '2001:db8:1::1'],
  [(1n << 112n) | (1n << 64n) | 1n, '1:0:0:1::1'],
  [(1n << 128n) - 1n, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
])('the address %s is written %s', (address, text) => {
  expect(v6Text(address)).toBe(text);
});

test.each([
  '',
  '10.0.0',
  '10.0.0.0.0',
  '10.0.0.256',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::1::',
  '1:2:3',
  '::/129',
  'web',
])('%j is no range of addresses', (text) => {
  expect(ipRangesFrom(text)).toBeUndefined();
});

test('more ranges than a function takes as its arguments are joined all the same', () => {
  const one = ipRangesFrom('10.0.0.0/8');
  expect(jointRanges(Array(300_000).fill(one))).toEqual(one);
});
