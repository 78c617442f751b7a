import fc from 'fast-check';
import { addressesFrom, hasName, type Addresses } from '../../shared/controls/nsg-rules/addresses';
import { rulesFrom, type Rule, type WireRule } from '../../shared/controls/nsg-rules/rule';
import { closedBy, openedBy, shadowedIn } from '../../shared/controls/nsg-rules/rule-set';
import { isCovered, isWithin, protocols, type Protocol, type Traffic } from '../../shared/controls/nsg-rules/traffic';
import { always } from '../policy/arbitraries';

/** One packet. An address is a number of IPv4, a bigint of IPv6, or the name of a tag that stands for addresses not known. */
interface Packet {
  readonly protocol: Protocol;
  readonly from: number | bigint | string;
  readonly fromPort: number;
  readonly to: number | bigint | string;
  readonly toPort: number;
}

const holds = (set: Addresses, point: Packet['from']): boolean => {
  if (typeof point === 'string') return hasName(set, point);
  const spans: readonly { from: number | bigint; to: number | bigint }[] = typeof point === 'number' ? set.v4 : set.v6;
  return spans.some(({ from, to }) => from <= point && point < to);
};

const holdsPacket = (traffic: Traffic, packet: Packet): boolean =>
  traffic.protocols.includes(packet.protocol) &&
  traffic.sourcePorts.some(({ from, to }) => from <= packet.fromPort && packet.fromPort < to) &&
  traffic.destinationPorts.some(({ from, to }) => from <= packet.toPort && packet.toPort < to) &&
  holds(traffic.source, packet.from) &&
  holds(traffic.destination, packet.to);

// A small world in which every point can be looked at: what rules are made of has its borders at these places only.
const ranges = ['*', '0-9', '10', '10-19', '15-65535', '0-65535'];
const ports = [0, 9, 10, 11, 15, 19, 20, 65_535];
const prefixes = [
  '*',
  '0.0.0.0/0',
  '10.0.0.0/30',
  '10.0.0.2/31',
  '10.0.0.1',
  '::/0',
  'fd00::/126',
  'fd00::2/127',
  'Storage',
  'VirtualNetwork',
];
const four = [0, 10 * 2 ** 24, 10 * 2 ** 24 + 1, 10 * 2 ** 24 + 2, 10 * 2 ** 24 + 3, 2 ** 32 - 1];
const six = [0n, 0xfdn << 120n, (0xfdn << 120n) + 2n, (1n << 128n) - 1n];
const points: readonly Packet['from'][] = [...four, ...six, 'storage', 'virtualnetwork', 'anything else'];

const packets: readonly Packet[] = (['tcp', 'udp', 'other'] as const).flatMap((protocol) =>
  points.flatMap((from) =>
    points.flatMap((to) =>
      ports.flatMap((toPort) => [0, 10, 65_535].map((fromPort) => ({ protocol, from, fromPort, to, toPort }))),
    ),
  ),
);

const wire: fc.Arbitrary<NonNullable<WireRule['properties']>> = fc.record({
  protocol: fc.constantFrom('*', 'Tcp', 'UDP'),
  access: fc.constantFrom('Allow', 'deny'),
  sourcePortRange: fc.constantFrom('*', '*', '10-65535'),
  destinationPortRanges: fc.uniqueArray(fc.constantFrom(...ranges), { minLength: 1, maxLength: 2 }),
  sourceAddressPrefixes: fc.uniqueArray(fc.constantFrom(...prefixes), { minLength: 1, maxLength: 2 }),
  destinationAddressPrefixes: fc.uniqueArray(fc.constantFrom(...prefixes), { minLength: 1, maxLength: 2 }),
});

const ruleSet: fc.Arbitrary<readonly Rule[]> = fc.array(wire, { minLength: 1, maxLength: 5 }).map((all) => {
  const read = rulesFrom(
    all.map((properties, index) => ({
      name: `r${index}`,
      properties: { ...properties, direction: 'Inbound', priority: 100 + index },
    })),
  );
  expect(read.unclear).toEqual([]);
  return read.rules;
});

test('one rule is within another exactly when each packet of it is', () => {
  always(150, fc.tuple(ruleSet, ruleSet), ([[a], [b]]) => {
    const byPacket = packets.every((packet) => !holdsPacket(a!.traffic, packet) || holdsPacket(b!.traffic, packet));
    expect(isWithin(a!.traffic, b!.traffic)).toBe(byPacket);
  });
});

test('rules cover another exactly when each packet of it is in one of them', () => {
  always(150, fc.tuple(ruleSet, ruleSet), ([[a], others]) => {
    const all = others.map(({ traffic }) => traffic);
    const byPacket = packets.every(
      (packet) => !holdsPacket(a!.traffic, packet) || all.some((traffic) => holdsPacket(traffic, packet)),
    );
    expect(isCovered(a!.traffic, all)).toBe(byPacket);
  });
});

test('a rule is shadowed exactly when it is the first to hold no packet', () => {
  always(150, ruleSet, (rules) => {
    const first = new Set(
      packets.flatMap((packet) => rules.find(({ traffic }) => holdsPacket(traffic, packet))?.name ?? []),
    );
    expect(shadowedIn(rules).map(({ rule }) => rule.name)).toEqual(
      rules.filter(({ name }) => !first.has(name)).map(({ name }) => name),
    );
  });
});

test('the rule that opens, or closes, some traffic is the first to decide a packet of it so', () => {
  always(150, fc.tuple(ruleSet, ruleSet), ([[a], rules]) => {
    const deciding = packets
      .filter((packet) => holdsPacket(a!.traffic, packet))
      .flatMap((packet) => rules.find(({ traffic }) => holdsPacket(traffic, packet)) ?? []);
    const first = (access: string): string | undefined =>
      rules.find((rule) => rule.access === access && deciding.includes(rule))?.name;
    expect(openedBy(a!.traffic, rules)?.name).toBe(first('Allow'));
    expect(closedBy(a!.traffic, rules)?.name).toBe(first('Deny'));
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
