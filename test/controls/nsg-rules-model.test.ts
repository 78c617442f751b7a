import fc from 'fast-check';
import { addressesFrom } from '../../shared/controls/nsg-rules/addresses';
import { rulesFrom, type Rule } from '../../shared/controls/nsg-rules/rule';
import { closedBy, openedBy, shadowedIn } from '../../shared/controls/nsg-rules/rule-set';
import { isCovered, isWithin, protocols, type Protocol } from '../../shared/controls/nsg-rules/traffic';
import { always } from '../policy/arbitraries';

/** One packet. An address is a number of IPv4, a bigint of IPv6, or the name of a tag that stands for addresses not known. */
interface Packet {
  readonly protocol: Protocol;
  readonly from: number | bigint | string;
  readonly fromPort: number;
  readonly to: number | bigint | string;
  readonly toPort: number;
}

// A small world in which every point can be looked at: what rules are made of has its borders at these places only.
const ranges = ['*', '0-9', '10', '10-19', '15-65535', '0-65535'];
const ports = [0, 9, 10, 11, 15, 19, 20, 65_535];
const ten = 10 * 2 ** 24;
const fd = 0xfdn << 120n;
const four = [0, ten, ten + 1, ten + 2, ten + 3, 2 ** 32 - 1];
const six = [0n, fd, fd + 2n, (1n << 128n) - 1n];
const points: readonly Packet['from'][] = [...four, ...six, 'storage', 'virtualnetwork', 'anything else'];

/** Which of the points each address of a rule holds, worked out by hand. */
const held: Readonly<Record<string, readonly Packet['from'][]>> = {
  '*': points,
  '0.0.0.0/0': four,
  '10.0.0.0/30': [ten, ten + 1, ten + 2, ten + 3],
  '10.0.0.2/31': [ten + 2, ten + 3],
  '10.0.0.1': [ten + 1],
  '::/0': six,
  'fd00::/126': [fd, fd + 2n],
  'fd00::2/127': [fd + 2n],
  Storage: ['storage'],
  VirtualNetwork: ['virtualnetwork'],
};

interface Wire {
  readonly protocol: string;
  readonly access: string;
  readonly sourcePortRange: string;
  readonly destinationPortRanges: readonly string[];
  readonly sourceAddressPrefixes: readonly string[];
  readonly destinationAddressPrefixes: readonly string[];
}

const isIn = (port: number, range: string): boolean => {
  const [first, last = first] = range === '*' ? [0, 65_535] : range.split('-').map(Number);
  return first! <= port && port <= last!;
};

/** What Azure does with a packet, straight from what the rule says. */
const holds = (wire: Wire, packet: Packet): boolean =>
  ['*', packet.protocol].includes(wire.protocol.toLowerCase()) &&
  isIn(packet.fromPort, wire.sourcePortRange) &&
  wire.destinationPortRanges.some((range) => isIn(packet.toPort, range)) &&
  wire.sourceAddressPrefixes.some((prefix) => held[prefix]!.includes(packet.from)) &&
  wire.destinationAddressPrefixes.some((prefix) => held[prefix]!.includes(packet.to));

const packets: readonly Packet[] = (['tcp', 'udp', 'other'] as const).flatMap((protocol) =>
  points.flatMap((from) =>
    points.flatMap((to) =>
      ports.flatMap((toPort) => [0, 10, 65_535].map((fromPort) => ({ protocol, from, fromPort, to, toPort }))),
    ),
  ),
);

const some = (values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const wires: fc.Arbitrary<readonly Wire[]> = fc.array(
  fc.record({
    protocol: fc.constantFrom('*', 'Tcp', 'UDP'),
    access: fc.constantFrom('Allow', 'deny'),
    sourcePortRange: fc.constantFrom('*', '*', '10-65535'),
    destinationPortRanges: some(ranges),
    sourceAddressPrefixes: some(Object.keys(held)),
    destinationAddressPrefixes: some(Object.keys(held)),
  }),
  { minLength: 1, maxLength: 5 },
);

function rulesOf(all: readonly Wire[]): readonly Rule[] {
  const numbered = all.map((properties, index) => ({
    name: `r${index}`,
    properties: { ...properties, direction: 'Inbound', priority: 100 + index },
  }));
  const { rules, unclear } = rulesFrom(numbered);
  expect(unclear).toEqual([]);
  return rules;
}

test('one rule is within another exactly when each packet of it is', () => {
  always(150, fc.tuple(wires, wires), ([[a], [b]]) => {
    const [one, other] = [rulesOf([a!])[0]!, rulesOf([b!])[0]!];
    const byPacket = packets.every((packet) => !holds(a!, packet) || holds(b!, packet));
    expect(isWithin(one.traffic, other.traffic)).toBe(byPacket);
  });
});

test('rules cover another exactly when each packet of it is in one of them', () => {
  always(150, fc.tuple(wires, wires), ([[a], others]) => {
    const byPacket = packets.every((packet) => !holds(a!, packet) || others.some((other) => holds(other, packet)));
    const all = rulesOf(others).map(({ traffic }) => traffic);
    expect(isCovered(rulesOf([a!])[0]!.traffic, all)).toBe(byPacket);
  });
});

/** The number of the rule that decides a packet; -1 when none does. */
const deciderOf = (all: readonly Wire[], packet: Packet): number => all.findIndex((wire) => holds(wire, packet));

test('a rule is shadowed exactly when it decides no packet', () => {
  always(150, wires, (all) => {
    const deciding = new Set(packets.map((packet) => deciderOf(all, packet)));
    const expected = all.flatMap((_, index) => (deciding.has(index) ? [] : [`r${index}`]));
    expect(shadowedIn(rulesOf(all)).map(({ rule }) => rule.name)).toEqual(expected);
  });
});

test('the rule that opens, or closes, some traffic is the first to decide a packet of it so', () => {
  always(150, fc.tuple(wires, wires), ([[a], all]) => {
    const deciding = new Set(packets.filter((packet) => holds(a!, packet)).map((packet) => deciderOf(all, packet)));
    const first = (access: string): number => all.findIndex((wire, at) => wire.access === access && deciding.has(at));
    const { traffic } = rulesOf([a!])[0]!;
    const numberOf = (rule: Rule | undefined): number => (rule === undefined ? -1 : rule.priority - 100);
    expect(numberOf(openedBy(traffic, rulesOf(all)))).toBe(first('Allow'));
    expect(numberOf(closedBy(traffic, rulesOf(all)))).toBe(first('deny'));
  });
});

test('every protocol that Azure knows is one of the model', () => {
  const named = ['Tcp', 'UDP', 'Icmp', 'Esp', 'AH'].map((protocol) => ({
    name: protocol,
    properties: {
      protocol,
      access: 'Allow',
      direction: 'Inbound',
      priority: 100,
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: '*',
      destinationAddressPrefix: '*',
    },
  }));
  expect(rulesFrom(named).rules.flatMap(({ traffic }) => traffic.protocols)).toEqual(protocols.slice(0, 5));
});

describe('addresses', () => {
  const v6 = (text: string): string | undefined =>
    addressesFrom(text)?.v6.map(({ from, to }) => `${from.toString(16)}+${to - from}`)[0];

  test.each([
    ['10.1.2.3', 0x0a010203, 1],
    ['10.1.2.3/24', 0x0a010200, 256],
    ['0.0.0.0/0', 0, 2 ** 32],
    ['255.255.255.255/32', 2 ** 32 - 1, 1],
  ])('%s is a range of IPv4', (text, from, size) => {
    expect(addressesFrom(text)).toEqual({
      v4: [{ from, to: from + size }],
      v6: [],
      names: { allBut: false, keys: [] },
    });
  });

  test.each([
    ['2001:db8::/32', `20010db8${'0'.repeat(24)}+${1n << 96n}`],
    ['::1', '1+1'],
    ['fd00:1:2:3:4:5:6:7', 'fd000001000200030004000500060007+1'],
    ['::ffff:10.1.2.3/128', 'ffff0a010203+1'],
    ['2001:db8::ff/120', `20010db8${'0'.repeat(24)}+256`],
  ])('%s is a range of IPv6', (text, range) => {
    expect(v6(text)).toBe(range);
  });

  test.each([
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1::2::3',
    '1:2:3',
    '::/129',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '',
    'a b',
    '-',
  ])('"%s" is none', (text) => {
    expect(addressesFrom(text)).toBeUndefined();
  });
});
