import type { Resource } from '../../shared/core/resource';
import { having, idIn, resource, subscription } from '../given';
import {
  aspect,
  clusterIn,
  denyIn,
  denyOut,
  gatewayIn,
  groupId,
  groupWith,
  https,
  judged,
  network,
  networkId,
  networkWith,
  rule,
  subnet,
  subnetId,
  told,
} from './guarded-zone';

const gateway = gatewayIn(subnetId);
const clients = rule('AllowClients', 100, {
  protocol: 'Tcp',
  sourceAddressPrefix: 'Internet',
  destinationPortRange: '443',
});
const control = rule('AllowControl', 110, {
  protocol: 'Tcp',
  sourceAddressPrefix: 'GatewayManager',
  destinationPortRange: '65200-65535',
});
const probes = rule('AllowProbes', 120, { sourceAddressPrefix: 'AzureLoadBalancer' });
const allOut = rule('AllowAllOut', 1_000, { direction: 'Outbound' });

describe('Application Gateway', () => {
  const platform = (rules: readonly object[], one: Resource = gateway): string =>
    told(aspect(judged(groupWith(rules), [network, one]), 'platform'));

  test('its required rules are compliant, and that it lets everything out is no violation', () => {
    const judgement = judged(groupWith([clients, control, probes, denyIn, allOut]), [network, gateway]);
    expect(told(aspect(judgement, 'platform'))).toBe(
      'compliant: what has to pass for Application Gateway agw-shop can pass',
    );
    expect(told(aspect(judgement, 'openings'))).toMatch(/^compliant.*what Application Gateway needs$/);
    expect(told(aspect(judgement, 'limits'))).toMatch(/^compliant/);
  });

  test('the same rules before something else let everything out', () => {
    const nic = { id: idIn('rg-apps', 'Microsoft.Network/networkInterfaces/nic/ipConfigurations/one') };
    const taken = networkWith(subnet('snet-web', '10.20.0.0/24', { ipConfigurations: [nic] }));
    const judgement = judged(groupWith([clients, control, probes, denyIn, allOut]), [taken]);
    expect(told(aspect(judgement, 'openings'))).toMatch(/^medium: AllowAllOut lets everything out/);
    expect(() => aspect(judgement, 'platform')).toThrow('no aspect platform');
  });

  test('an empty subnet whose group has the rule for its control plane waits for one', () => {
    const openingsOf = (rules: readonly object[], ...others: readonly Resource[]): string =>
      told(aspect(judged(groupWith(rules), [network, ...others]), 'openings'));
    expect(openingsOf([clients, control, probes, denyIn, allOut])).toMatch(/^compliant/);
    expect(openingsOf([clients, probes, denyIn, allOut])).toMatch(/^medium/);
    expect(openingsOf([clients, control, probes, denyIn, allOut], clusterIn(subnetId))).toMatch(/^medium/);
  });

  test.each<[string, readonly object[], string]>([
    [
      'no rule for its control plane',
      [clients, probes, denyIn],
      'needs ports 65200-65535 in from GatewayManager, and DenyAllIn denies it',
    ],
    ['no own rule at all', [], 'GatewayManager, and the default rule 65500 denies it'],
    [
      'half of the ports',
      [
        clients,
        rule('Half', 110, { sourceAddressPrefix: 'GatewayManager', destinationPortRange: '65200-65400' }),
        probes,
        denyIn,
      ],
      'DenyAllIn denies it',
    ],
    [
      'the control plane to another place',
      [
        clients,
        rule('Else', 110, { sourceAddressPrefix: 'GatewayManager', destinationAddressPrefix: '10.21.0.0/16' }),
        probes,
        denyIn,
      ],
      'DenyAllIn denies it',
    ],
    ['no load balancer', [clients, control, denyIn], 'needs all in from AzureLoadBalancer, and DenyAllIn denies it'],
    [
      'a deny of what goes out',
      [clients, control, probes, denyIn, denyOut],
      'needs all out to the Internet, and DenyAllOut denies it',
    ],
    [
      'a deny of one port that goes out',
      [
        clients,
        control,
        probes,
        denyIn,
        rule('NoMail', 200, { direction: 'Outbound', access: 'Deny', destinationPortRange: '25' }),
      ],
      'NoMail denies it',
    ],
  ])('%s breaks it', (_, rules, said) => {
    expect(platform(rules)).toMatch(/^high: Application Gateway agw-shop needs /);
    expect(platform(rules)).toContain(said);
  });

  test.each<[string, object]>([
    ['any source', { sourceAddressPrefix: '*' }],
    ['the Internet', { sourceAddressPrefix: 'Internet' }],
  ])('its control plane open to %s works, and is more than it needs', (_, properties) => {
    const wide = rule('Wide', 110, { destinationPortRange: '65200-65535', ...properties });
    expect(platform([clients, wide, probes, denyIn])).toBe(
      'low: Wide opens the gateway’s ports 65200-65535 to everybody, and GatewayManager is enough',
    );
  });

  test('one of the first generation has other ports', () => {
    const v1 = gatewayIn(subnetId, 'Standard');
    expect(platform([clients, probes, denyIn], v1)).toContain('needs ports 65503-65534 in from GatewayManager');
    const old = rule('Old', 110, { sourceAddressPrefix: 'GatewayManager', destinationPortRange: '65503-65534' });
    expect(platform([clients, old, probes, denyIn], v1)).toMatch(/^compliant/);
    expect(platform([clients, old, probes, denyIn])).toMatch(/^high/);
  });

  test('an isolated one, without a public address, needs none of it', () => {
    expect(platform([https, denyIn, denyOut], gatewayIn(subnetId, 'WAF_v2', false))).toMatch(/^compliant/);
  });
});

describe('a node pool', () => {
  const nodes = rule('AllowNodes', 100, { sourceAddressPrefix: '10.20.0.0/24' });
  const platform = (...rules: readonly object[]): string =>
    told(aspect(judged(groupWith(rules), [network, clusterIn(subnetId)]), 'platform'));

  test.each<[string, readonly object[]]>([
    ['the default rules', []],
    ['a deny of SSH alone', [rule('DenySsh', 100, { destinationPortRange: '22', access: 'Deny' })]],
    ['its nodes and the probes allowed before a deny', [nodes, probes, denyIn]],
    [
      'the virtual network and the probes',
      [rule('Net', 100, { sourceAddressPrefix: 'VirtualNetwork' }), probes, denyIn],
    ],
  ])('has what it needs with %s', (_, rules) => {
    expect(platform(...rules)).toBe('compliant: what has to pass for node pool np1 of aks-shop can pass');
  });

  test('may name the address of the probes in place of their tag', () => {
    const address = rule('Probes', 110, { sourceAddressPrefix: '168.63.129.16' });
    expect(platform(nodes, address, denyIn)).toMatch(/^compliant/);
    expect(platform(nodes, rule('Other', 110, { sourceAddressPrefix: '168.63.129.17' }), denyIn)).toMatch(/^high/);
  });

  test('is cut off by a deny before which nothing lets its nodes in, or the probes', () => {
    expect(platform(probes, denyIn)).toMatch(/^high: node pool np1 of aks-shop needs traffic between its nodes/);
    expect(platform(nodes, denyIn)).toMatch(/^high: node pool np1 of aks-shop needs probes in from AzureLoadBalancer/);
    expect(platform(denyIn).split('\n')).toHaveLength(2);
  });
});

describe('Azure Bastion', () => {
  const bastionId = `${networkId}/subnets/AzureBastionSubnet`;
  const bastion = networkWith(subnet('AzureBastionSubnet', '10.20.9.0/26', { networkSecurityGroup: { id: groupId } }));
  const tcp = (name: string, priority: number, port: string, properties: object): object =>
    rule(name, priority, { protocol: 'Tcp', destinationPortRange: port, ...properties });
  const inside = { sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork' };
  const out = { direction: 'Outbound' };
  const required = [
    tcp('Users', 100, '443', { sourceAddressPrefix: 'Internet' }),
    tcp('Control', 110, '443', { sourceAddressPrefix: 'GatewayManager' }),
    tcp('Probes', 120, '443', { sourceAddressPrefix: 'AzureLoadBalancer' }),
    rule('Hosts', 130, { ...inside, destinationPortRange: '', destinationPortRanges: ['8080', '5701'] }),
    denyIn,
    tcp('Ssh', 100, '22', { ...out, destinationAddressPrefix: 'VirtualNetwork' }),
    tcp('Rdp', 110, '3389', { ...out, destinationAddressPrefix: 'virtualnetwork' }),
    tcp('Cloud', 120, '443', { ...out, destinationAddressPrefix: 'AzureCloud' }),
    rule('HostsOut', 130, { ...inside, ...out, destinationPortRange: '', destinationPortRanges: ['8080', '5701'] }),
    tcp('Certificates', 140, '80', { ...out, destinationAddressPrefix: 'Internet' }),
    denyOut,
  ];
  const judgedWith = (rules: readonly object[]): ReturnType<typeof judged> =>
    judged(groupWith(rules, { subnets: [{ id: bastionId }] }), [bastion]);
  const nameOf = (one: object): string => (one as { name: string }).name;

  test('its required set is compliant', () => {
    for (const key of ['limits', 'openings', 'platform', 'order', 'sharing']) {
      expect(told(aspect(judgedWith(required), key))).toMatch(/^compliant/);
    }
  });

  test.each([
    ['Users', '443 in from its users, and no rule allows it'],
    ['Control', '443 in from GatewayManager, and DenyAllIn denies it'],
    ['Probes', '443 in from AzureLoadBalancer, and DenyAllIn denies it'],
    ['Hosts', '8080 and 5701 in from VirtualNetwork, and DenyAllIn denies it'],
    ['Ssh', '22 and 3389 out to VirtualNetwork, and DenyAllOut denies it'],
    ['Rdp', '22 and 3389 out to VirtualNetwork, and DenyAllOut denies it'],
    ['Cloud', '443 out to AzureCloud, and DenyAllOut denies it'],
    ['HostsOut', '8080 and 5701 out to VirtualNetwork, and DenyAllOut denies it'],
    ['Certificates', '80 out to the Internet, and DenyAllOut denies it'],
  ])('without the rule %s it cannot do its work', (name, said) => {
    // What the Internet may reach, Azure's control plane may, too.
    const left = required.filter((one) => nameOf(one) !== name && !(name === 'Control' && nameOf(one) === 'Users'));
    expect(told(aspect(judgedWith(left), 'platform'))).toMatch(/^medium: Azure Bastion needs /);
    expect(told(aspect(judgedWith(left), 'platform'))).toContain(said);
  });

  test('its users may be named addresses', () => {
    const known = tcp('Users', 100, '443', { sourceAddressPrefix: '203.0.113.0/24' });
    const rules = [known, ...required.filter((one) => nameOf(one) !== 'Users')];
    expect(told(aspect(judgedWith(rules), 'platform'))).toMatch(/^compliant/);
  });
});

describe('the subnets of a network', () => {
  const groups = (...subnets: readonly object[]): string => told(aspect(judged(networkWith(...subnets), []), 'groups'));
  const guarded = { networkSecurityGroup: { id: groupId } };

  test('a security group on each is compliant', () => {
    expect(groups(subnet('a', '10.20.0.0/24', guarded), subnet('b', '10.20.1.0/24', guarded))).toBe(
      'compliant: a, b have one',
    );
  });

  test.each<[string, object]>([
    ['absent', {}],
    ['null', { networkSecurityGroup: null }],
  ])('one that is %s on a subnet is a violation that names it', (_, properties) => {
    const bare = subnet('bare', '10.20.1.0/24', properties);
    expect(groups(subnet('a', '10.20.0.0/24', guarded), bare)).toBe(
      'high: bare has no security group, so that nothing limits the traffic; give each a group of its own',
    );
  });

  test.each([
    'AzureFirewallSubnet',
    'AzureFirewallManagementSubnet',
    'GatewaySubnet',
    'gatewaysubnet',
    'RouteServerSubnet',
  ])('%s must have none', (name) => {
    expect(groups(subnet(name, '10.20.0.0/26'))).toMatch(/^notApplicable/);
    expect(groups(subnet(name, '10.20.0.0/26', guarded))).toMatch(/^medium: .* which Azure does not support there/);
  });

  test('AzureBastionSubnet may have one', () => {
    expect(groups(subnet('AzureBastionSubnet', '10.20.0.0/26'))).toMatch(/^notApplicable/);
    expect(groups(subnet('AzureBastionSubnet', '10.20.0.0/26', guarded))).toMatch(/^notApplicable/);
  });

  test('a network without subnets has nothing to guard', () => {
    expect(judged(networkWith(), [])).toMatchObject({ state: 'notApplicable' });
    expect(judged(having(networkWith(), { subnets: undefined }), [])).toMatchObject({ state: 'notApplicable' });
  });
});

describe('private endpoints in a subnet with a security group', () => {
  const endpoint = resource(idIn('rg-apps', 'Microsoft.Network/privateEndpoints/pe-vault'), {
    properties: { subnet: { id: subnetId.toUpperCase() } },
  });
  const holding = (policies: string | undefined): Resource =>
    networkWith(
      subnet('snet-web', '10.20.0.0/24', {
        networkSecurityGroup: { id: groupId },
        ...(policies !== undefined && { privateEndpointNetworkPolicies: policies }),
      }),
    );

  test.each([['Enabled'], ['NetworkSecurityGroupEnabled'], ['networksecuritygroupenabled']])(
    'are guarded by it with %s',
    (policies) => {
      expect(told(aspect(judged(holding(policies), [endpoint]), 'endpoints'))).toMatch(/^compliant/);
    },
  );

  test.each([['Disabled'], ['RouteTableEnabled'], [undefined]])('are not with %s', (policies) => {
    expect(told(aspect(judged(holding(policies), [endpoint]), 'endpoints'))).toMatch(
      /^low: the security group of snet-web does not apply to the private endpoints there/,
    );
  });

  test('nothing is said where there is none, and it is unknown where they cannot be read', () => {
    expect(() => aspect(judged(holding('Disabled'), []), 'endpoints')).toThrow('no aspect endpoints');
    const unread = { [`${subscription}|Microsoft.Network/privateEndpoints`]: '403' };
    expect(told(aspect(judged(holding('Disabled'), [], unread), 'endpoints'))).toBe('unknown: private endpoints: 403');
  });
});
