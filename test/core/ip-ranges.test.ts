import fc from 'fast-check';
import {
  bothRanges,
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
