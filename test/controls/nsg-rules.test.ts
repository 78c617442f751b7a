import { nsgRules } from '../../shared/controls/nsg-rules';
import type { Resource } from '../../shared/core/resource';
import type { Verdict } from '../../shared/core/verdict';
import { idIn, resource, subscription } from '../given';
import {
  aspect,
  clusterIn,
  denyIn,
  denyOut,
  groupId,
  groupWith,
  https,
  judged,
  network,
  networkId,
  networkWith,
  resourceGroup,
  rule,
  subnet,
  subnetId,
  told,
} from './guarded-zone';

const good = groupWith([https, denyIn]);
const sayOf = (subject: Resource, key: string, others: readonly Resource[] = [network]): string =>
  told(aspect(judged(subject, others), key));
const limits = (rules: readonly object[], others: readonly Resource[] = [network]): string =>
  sayOf(groupWith(rules), 'limits', others);
const openings = (...rules: readonly object[]): string => sayOf(groupWith(rules), 'openings');

test('a group that allows what is needed and denies the rest is compliant in everything', () => {
  const verdicts = judged(good, [network]) as readonly { key: string; verdict: Verdict }[];
  expect(verdicts.map(({ key, verdict }) => `${key} ${verdict.state}`)).toEqual([
    'limits compliant',
    'openings compliant',
    'order compliant',
    'sharing compliant',
  ]);
});

describe('rules of its own', () => {
  test.each([
    ['none', []],
    ['no list of rules at all', undefined],
  ])('a group with %s is a violation', (_, securityRules) => {
    const group = groupWith([], { securityRules });
    expect(sayOf(group, 'limits')).toMatch(/^medium: it has nothing but the default rules/);
  });

  test('before a node pool that weighs more, and names the pool and ranges to allow', () => {
    const said = limits([], [network, clusterIn(subnetId)]);
    expect(said).toMatch(/^high: .*node pool np1 of aks-shop.*the nodes \(10\.20\.0\.0\/24\), AzureLoadBalancer/);
  });

  test('a pool is known by the subnet of its pods, too, and in any spelling', () => {
    const cluster = resource(idIn('rg-apps', 'Microsoft.ContainerService/managedClusters/aks-pods'), {
      properties: { agentPoolProfiles: [{ name: 'np', podSubnetID: subnetId.toUpperCase() }] },
    });
    expect(limits([], [network, cluster])).toContain('node pool np of aks-pods');
  });

  test.each([
    ['SSH', [rule('DenySsh', 100, { protocol: 'TCP', destinationPortRange: '22', access: 'Deny' })]],
    ['RDP', [rule('AllowRdp', 100, { destinationPortRange: '3389', sourceAddressPrefix: '10.1.0.0/24' })]],
    ['SSH and RDP', [rule('Both', 100, { destinationPortRange: undefined, destinationPortRanges: ['22', '3389'] })]],
  ])('rules about %s only are a violation', (what, rules) => {
    expect(limits(rules)).toMatch(new RegExp(`^medium: its rules are about ${what} only`));
    expect(limits(rules, [network, clusterIn(subnetId)])).toMatch(/^high: .*node pool np1/);
  });

  test('one more rule that says something makes them more than that', () => {
    const ssh = rule('DenySsh', 100, { destinationPortRange: '22', access: 'Deny' });
    expect(limits([ssh, rule('DenyDns', 110, { destinationPortRange: '53', access: 'Deny' })])).toMatch(/^compliant/);
  });

  test('before a node pool, rules that repeat the default rules are not enough', () => {
    const repeated = rule('AllowNetwork', 100, { sourceAddressPrefix: 'VirtualNetwork' });
    const pool = [network, clusterIn(subnetId)];
    expect(limits([repeated, denyIn], pool)).toMatch(/^high: none of its rules is about what node pool np1/);
    expect(limits([repeated, denyIn])).toMatch(/^compliant/);
    expect(limits([https, denyIn], pool)).toMatch(/^compliant/);
  });

  test('before a node pool, what comes in has to end with a deny even where nothing is allowed', () => {
    const some = rule('DenyDns', 100, { destinationPortRange: '53', access: 'Deny' });
    expect(limits([some], [network, clusterIn(subnetId)])).toMatch(/^medium: its inbound rules end without a deny/);
  });
});

describe('the closing deny', () => {
  test.each([
    [
      'inbound',
      [https],
      'its inbound rules end without a deny, so that the default rules let the whole virtual network in',
    ],
    ['outbound', [rule('Out', 100, { direction: 'Outbound', destinationPortRange: '443' })], 'let everything out'],
  ])('an allow list without one is a violation: %s', (_, rules, said) => {
    expect(limits(rules)).toMatch(/^medium: /);
    expect(limits(rules)).toContain(said);
  });

  test.each<[string, object]>([
    ['of any', denyIn],
    ['of the virtual network', rule('Deny', 4_000, { access: 'deny', sourceAddressPrefix: 'virtualnetwork' })],
    ['of 0.0.0.0/0', rule('Deny', 4_000, { access: 'Deny', sourceAddressPrefix: '0.0.0.0/0' })],
    ['to the subnet', rule('Deny', 4_000, { access: 'Deny', destinationAddressPrefix: '10.20.0.0/24' })],
    ['to the network', rule('Deny', 4_000, { access: 'Deny', destinationAddressPrefix: 'VirtualNetwork' })],
  ])('a deny %s closes the list', (_, closing) => {
    expect(limits([https, closing])).toMatch(/^compliant/);
  });

  test.each<[string, object]>([
    ['TCP only', rule('Deny', 4_000, { access: 'Deny', protocol: 'Tcp' })],
    ['some ports', rule('Deny', 4_000, { access: 'Deny', destinationPortRange: '0-65534' })],
    ['a part of the subnet', rule('Deny', 4_000, { access: 'Deny', destinationAddressPrefix: '10.20.0.0/25' })],
    ['the Internet', rule('Deny', 4_000, { access: 'Deny', sourceAddressPrefix: 'Internet' })],
    ['the other direction', denyOut],
  ])('a deny of %s does not', (_, closing) => {
    expect(limits([https, closing])).toContain('its inbound rules end without a deny');
  });
});

describe('what is open to everybody', () => {
  const open = { protocol: 'tCp', access: 'ALLOW', direction: 'inbound' };

  test.each<[string, object]>([
    ['a port', { destinationPortRange: '22' }],
    ['a range', { destinationPortRange: '20-25' }],
    ['a list', { destinationPortRange: undefined, destinationPortRanges: ['80', '22-22'] }],
    ['an empty singular', { destinationPortRange: '', destinationPortRanges: ['22'] }],
    ['Internet', { destinationPortRange: '22', sourceAddressPrefix: 'internet' }],
    ['Any', { destinationPortRange: '22', sourceAddressPrefix: 'Any' }],
    ['0.0.0.0/0', { destinationPortRange: '22', sourceAddressPrefix: '0.0.0.0/0' }],
    ['::/0', { destinationPortRange: '22', sourceAddressPrefix: '::/0' }],
    [
      'two halves',
      { destinationPortRange: '22', sourceAddressPrefix: '', sourceAddressPrefixes: ['0.0.0.0/1', '128.0.0.0/1'] },
    ],
    ['any protocol', { destinationPortRange: '22', protocol: '*' }],
  ])('SSH, written with %s', (_, properties) => {
    expect(openings(rule('Opens', 100, { ...open, ...properties }))).toMatch(
      /^high: Opens opens SSH \(22\) to everybody/,
    );
  });

  test.each<[string, object]>([
    ['another port', { destinationPortRange: '23' }],
    ['UDP', { destinationPortRange: '22', protocol: 'Udp' }],
    ['named addresses', { destinationPortRange: '22', sourceAddressPrefix: '203.0.113.0/24' }],
    ['half of the addresses', { destinationPortRange: '22', sourceAddressPrefix: '0.0.0.0/1' }],
    ['the virtual network', { destinationPortRange: '22', sourceAddressPrefix: 'VirtualNetwork' }],
    ['a deny', { destinationPortRange: '22', access: 'Deny' }],
    ['outbound', { destinationPortRange: '22', direction: 'Outbound' }],
  ])('not with %s', (_, properties) => {
    expect(openings(rule('Opens', 100, { ...open, ...properties }))).toMatch(/^compliant/);
  });

  test('RDP, and both in one sentence', () => {
    expect(openings(rule('R', 100, { ...open, destinationPortRange: '3389' }))).toMatch(/^high: R opens RDP \(3389\)/);
    expect(openings(rule('B', 100, { ...open, destinationPortRange: '22-4000' }))).toMatch(
      /^high: B opens SSH \(22\) and RDP \(3389\) to everybody/,
    );
  });

  test('a deny before it closes it, one after it does not', () => {
    const ssh = rule('Ssh', 200, { ...open, destinationPortRange: '22' });
    const deny = { protocol: 'Tcp', destinationPortRange: '22', access: 'Deny', sourceAddressPrefix: 'Internet' };
    expect(openings(ssh, rule('Deny', 100, deny))).toMatch(/^compliant/);
    expect(openings(ssh, rule('Deny', 300, deny))).toMatch(/^high: Ssh opens/);
    expect(openings(ssh, rule('Deny', 100, { ...deny, sourceAddressPrefix: '198.51.100.0/24' }))).toMatch(/^high/);
  });

  test.each<[string, object]>([
    ['any', {}],
    ['TCP on a range of all ports', { protocol: 'tcp', destinationPortRange: '0-65535' }],
    [
      'lists',
      {
        destinationPortRange: undefined,
        destinationPortRanges: ['*'],
        sourceAddressPrefix: undefined,
        sourceAddressPrefixes: ['Internet'],
      },
    ],
  ])('everything in: %s, and SSH is not told beside it', (_, properties) => {
    expect(openings(rule('AllowAll', 100, properties))).toBe(
      'high: AllowAll lets everybody in on all ports; name the sources and the ports',
    );
  });

  test('everything in on ICMP alone is not that', () => {
    expect(openings(rule('Ping', 100, { protocol: 'Icmp' }))).toMatch(/^compliant/);
  });

  test('everything out weighs less', () => {
    const out = rule('AllowOut', 100, { direction: 'Outbound', destinationAddressPrefix: 'Internet' });
    expect(openings(out)).toMatch(/^medium: AllowOut lets everything out to everywhere/);
  });
});

describe('the order of rules', () => {
  const order = (...rules: readonly object[]): string => sayOf(groupWith(rules), 'order');

  test('a rule that repeats one before it is of low severity', () => {
    const again = rule('Again', 200, { protocol: 'Tcp', destinationPortRange: '443', sourceAddressPrefix: '10.9.0.7' });
    expect(order(https, again, denyIn)).toBe(
      'low: Again (allow, 200) never decides, for AllowHttps (100) does before it; remove it or move it up',
    );
  });

  test('one that says the opposite weighs more', () => {
    expect(order(denyIn, rule('Late', 4_050, { destinationPortRange: '443' }))).toMatch(
      /^medium: Late \(allow, 4050\) never decides, for DenyAllIn \(4000\)/,
    );
  });

  test('several rules may hide one together', () => {
    const low = rule('Low', 100, { destinationPortRange: '0-999' });
    const high = rule('High', 110, { destinationPortRange: '1000-65535' });
    expect(order(low, high, rule('All', 120))).toMatch(/^low: All .* for Low \(100\), High \(110\) do before it/);
    expect(order(low, rule('High', 110, { destinationPortRange: '1001-65535' }), rule('All', 120))).toMatch(
      /^compliant/,
    );
  });

  test('a service tag is only known by its name', () => {
    const tag = rule('Tag', 100, { sourceAddressPrefix: 'Storage' });
    expect(order(tag, rule('Address', 110, { sourceAddressPrefix: '20.38.0.0/16' }))).toMatch(/^compliant/);
    expect(order(tag, rule('Same', 110, { sourceAddressPrefix: 'STORAGE' }))).toMatch(/^low/);
  });
});

test('a group that serves two subnets is a violation; one that serves interfaces alone has nothing to share', () => {
  const two = groupWith([https, denyIn], { subnets: [{ id: subnetId }, { id: `${networkId}/subnets/snet-ops` }] });
  expect(sayOf(two, 'sharing')).toMatch(/^medium: it serves snet-web, snet-ops and has to be as loose/);
  const nic = { id: idIn('rg-network', 'Microsoft.Network/networkInterfaces/nic') };
  const alone = groupWith([https, denyIn], { subnets: undefined, networkInterfaces: [nic] });
  expect(sayOf(alone, 'sharing')).toMatch(/^notApplicable/);
  expect(sayOf(alone, 'limits')).toMatch(/^compliant/);
});

describe('what is left alone', () => {
  test('a group that protects nothing', () => {
    expect(judged(groupWith([rule('All', 100)], { subnets: [] }), [network])).toMatchObject({ state: 'notApplicable' });
  });

  test.each<[string, string, Resource]>([
    [
      'its resource group is managed by one',
      'rg-own',
      resource(`${subscription}/resourceGroups/rg-own`, { managedBy: clusterIn().id }),
    ],
    ['a cluster names its resource group', 'RG-AKS-nodes', clusterIn()],
    ['its resource group has the name of one', 'MC_rg_aks_westeurope', clusterIn()],
  ])('a group and a network that AKS manages: %s', (_, name, other) => {
    const id = (type: string): string => idIn(name, `Microsoft.Network/${type}/aks`);
    const group = resource(id('networkSecurityGroups'), good as object);
    const managed = resource(id('virtualNetworks'), { properties: { subnets: [subnet('aks', '10.0.0.0/24')] } });
    for (const subject of [
      { ...group, id: id('networkSecurityGroups') },
      { ...managed, id: id('virtualNetworks') },
    ]) {
      expect(judged(subject, [other])).toMatchObject({
        state: 'notApplicable',
        reason: expect.stringMatching(/manages it/),
      });
    }
  });
});

describe('what cannot be known', () => {
  const scope = subscription;
  test('the resource group', () => {
    const verdict = judged(good, [network], { [resourceGroup.id]: '403' });
    expect(verdict).toEqual({ state: 'unknown', reason: 'resource group rg-network: 403' });
  });

  test.each([
    ['Microsoft.Network/virtualNetworks', 'virtual networks: 429'],
    ['Microsoft.Network/applicationGateways', 'application gateways: 429'],
  ])('%s: what rests on them is unknown, the order of rules is not', (type, reason) => {
    const judgement = judged(good, [network], { [`${scope}|${type}`]: '429' });
    expect(told(aspect(judgement, 'limits'))).toBe(`unknown: ${reason}`);
    expect(told(aspect(judgement, 'openings'))).toBe(`unknown: ${reason}`);
    expect(told(aspect(judgement, 'order'))).toMatch(/^compliant/);
  });

  test('clusters', () => {
    const verdict = judged(good, [network], { [`${scope}|Microsoft.ContainerService/managedClusters`]: '403' });
    expect(verdict).toEqual({ state: 'unknown', reason: 'clusters: 403' });
  });

  test.each<[string, object, string]>([
    ['no direction', { direction: undefined }, 'its direction is missing; Inbound or Outbound is needed'],
    ['an access of another kind', { access: 'Maybe' }, 'its access is "Maybe"; Allow or Deny is needed'],
    ['a priority in words', { priority: '100' }, 'its priority is "100"; a whole number is needed'],
    ['a port that is none', { destinationPortRange: '70000' }, 'its destinationPortRange is "70000"'],
    ['a range that runs backwards', { destinationPortRange: '90-80' }, 'its destinationPortRange is "90-80"'],
    ['no port', { destinationPortRange: undefined }, 'its destinationPortRange is missing; ports is needed'],
    ['no source', { sourceAddressPrefix: undefined }, 'its sourceAddressPrefix is missing'],
    ['an address that is none', { sourceAddressPrefix: '10.0.0.256' }, 'its sourceAddressPrefix is "10.0.0.256"'],
    ['a number where a text is', { protocol: 6 }, 'its protocol is 6'],
    ['a text where a list is', { destinationPortRanges: '22' }, 'its destination ports is "22"; a list is needed'],
  ])('a rule with %s is unknown, not compliant', (_, properties, said) => {
    const judgement = judged(groupWith([https, denyIn, rule('Odd', 200, properties)]), [network]);
    expect(told(aspect(judgement, 'limits'))).toContain(`unknown: rule Odd: ${said}`);
    expect(told(aspect(judgement, 'order'))).toContain(`unknown: rule Odd: ${said}`);
  });

  test('what is wrong all the same is told', () => {
    const odd = rule('Odd', 200, { access: undefined });
    expect(openings(odd, rule('Ssh', 300, { destinationPortRange: '22' }))).toMatch(/^high: Ssh opens SSH/);
  });

  test.each([[null], ['AllowAll'], [7]])('a rule that is %s', (odd) => {
    const judgement = judged(groupWith([https, denyIn, odd as never]), [network]);
    expect(told(aspect(judgement, 'limits'))).toBe('unknown: a rule is no object');
  });

  test('rules that are no list', () => {
    expect(judged(groupWith([], { securityRules: 'none' }), [network])).toMatchObject({ state: 'unknown' });
  });
});

test('a network that is written concerns the groups of its subnets', () => {
  expect(nsgRules.concerns(network)).toEqual([groupId]);
  expect(nsgRules.concerns(good)).toEqual([]);
  expect(nsgRules.concerns(networkWith(subnet('bare', '10.20.1.0/24')))).toEqual([]);
});
