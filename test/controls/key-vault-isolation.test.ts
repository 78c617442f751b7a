import { keyVaultIsolation } from '../../shared/controls/key-vault-isolation';
import type { Json, Resource } from '../../shared/core/resource';
import { having, idIn, resource, subscription } from '../given';
import {
  around,
  aroundWithout,
  closed,
  cluster,
  connection,
  endpoint,
  endpointId,
  gateway,
  judged,
  link,
  linkTo,
  network,
  networkId,
  said,
  vault,
  vaultId,
  zoneGroup,
  zoneId,
} from './vault-zone';

const access = (properties: Record<string, Json | undefined>): string =>
  said(judged(having(closed, properties)), 'public-access');
const acls = (properties: object): Record<string, Json> => ({
  networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', ...properties } as Json,
});

test('a vault that denies all but trusted services and has a working private endpoint is compliant in everything', () => {
  expect(judged(closed).map(({ key, verdict }) => `${key} ${verdict.state}`)).toEqual([
    'public-access compliant',
    'private-endpoint compliant',
    'soft-delete compliant',
    'purge-protection compliant',
    'authorization compliant',
  ]);
});

describe('public networks', () => {
  test.each<[string, Record<string, Json | undefined>]>([
    ['the firewall allows', acls({ defaultAction: 'Allow' })],
    ['the firewall says nothing', acls({ defaultAction: undefined })],
    ['there is no firewall', { networkAcls: undefined }],
    ['it is null', { networkAcls: null }],
    ['nothing is said about either', { networkAcls: undefined, publicNetworkAccess: undefined }],
    ['the case is odd', { ...acls({ defaultAction: 'ALLOW' }), publicNetworkAccess: 'enabled' }],
  ])('reach a vault of which %s', (_, properties) => {
    expect(access(properties)).toMatch(/^high: public networks reach it/);
  });

  test('what is not set is said to be Azure’s default', () => {
    expect(access({ networkAcls: undefined, publicNetworkAccess: undefined })).toBe(
      'high: public networks reach it: publicNetworkAccess is not set, which means Enabled, and defaultAction of its firewall is not set, which means Allow; disable the one or set the other to Deny',
    );
  });

  test.each<[string, Record<string, Json | undefined>, string]>([
    ['the firewall denies', acls({}), 'its firewall denies all but trusted services from outside'],
    [
      'the firewall denies in odd case',
      acls({ defaultAction: 'deny', bypass: 'none' }),
      'its firewall denies everybody from outside',
    ],
    ['access is not set and the firewall denies', { publicNetworkAccess: undefined }, 'its firewall denies all'],
    [
      'access is disabled',
      { ...acls({ defaultAction: 'Allow' }), publicNetworkAccess: 'disabled' },
      'public network access is disabled',
    ],
    [
      'access is disabled, whatever rules there are',
      { ...acls({ ipRules: [{ value: '203.0.113.7/32' }] }), publicNetworkAccess: 'Disabled' },
      'disabled',
    ],
  ])('do not where %s', (_, properties, reason) => {
    expect(access(properties)).toMatch(/^compliant/);
    expect(access(properties)).toContain(reason);
  });

  test('rules that stayed in a firewall that denies are of low severity', () => {
    const subnet = `${networkId}/subnets/snet-build`;
    const both = acls({
      ipRules: [{ value: '203.0.113.7/32' }, { value: '198.51.100.0/24' }],
      virtualNetworkRules: [{ id: subnet }],
    });
    const [addresses, subnets, ...rest] = access(both).split('\n');
    expect(addresses).toMatch(/^low: .*addresses 203\.0\.113\.7\/32, 198\.51\.100\.0\/24/);
    expect(subnets).toMatch(/^low: .*subnets vnet-spoke\/subnets\/snet-build/);
    expect(rest).toEqual([]);
  });

  test('a network security perimeter is not looked at, and so unknown', () => {
    expect(access({ publicNetworkAccess: 'SecuredByPerimeter' })).toMatch(/^unknown/);
  });
});

describe('the private endpoint', () => {
  const reach = (others: readonly Resource[], subject = closed, unread = {}): string =>
    said(judged(subject, others, unread), 'private-endpoint');

  test('is told with those who read by it', () => {
    expect(reach(around)).toBe('compliant: pe-kv-shop; read by Application Gateway agw-shop, cluster aks-shop');
  });

  test.each<[string, Json | undefined, string]>([
    ['none', undefined, 'medium: no private endpoint is approved; make one'],
    ['none in the list', [], 'medium: no private endpoint is approved; make one'],
    ['one that waits', [connection('Pending')], 'medium: no private endpoint is approved (pe-kv-shop is Pending)'],
    ['one that was rejected', [connection('Rejected')], '(pe-kv-shop is Rejected)'],
    ['one in no state', [connection(undefined)], '(pe-kv-shop is in no state)'],
  ])('is wrong when there is %s', (_, privateEndpointConnections, reason) => {
    expect(reach(around, having(closed, { privateEndpointConnections }))).toContain(reason);
  });

  test('a state in odd case counts, and one of two is enough', () => {
    const connections = [connection('Rejected', `${endpointId}-2`), connection('approved')];
    expect(reach(around, having(closed, { privateEndpointConnections: connections }))).toMatch(/^compliant/);
  });

  test.each<[string, readonly Resource[], string]>([
    ['that is approved and gone', aroundWithout(endpoint), 'its approved private endpoint does not exist any more'],
    ['without a zone group', aroundWithout(zoneGroup), 'pe-kv-shop has no DNS zone group for privatelink.vaultcore'],
    [
      'in a zone of something else',
      [
        ...aroundWithout(zoneGroup),
        having(zoneGroup, {
          privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: zoneId.replace('vaultcore', 'blob') } }],
        }),
      ],
      'has no DNS zone group',
    ],
    [
      'whose zone is linked nowhere',
      aroundWithout(link),
      'is not linked to vnet-spoke, where Application Gateway agw-shop is',
    ],
    [
      'whose link is not done',
      [...aroundWithout(link), linkTo(networkId, 'spoke', 'InProgress')],
      'is not linked to vnet-spoke',
    ],
    [
      'whose zone is linked elsewhere',
      [...aroundWithout(link), linkTo(`${networkId}-2`)],
      'is not linked to vnet-spoke, where cluster aks-shop is',
    ],
  ])('one %s is wrong', (_, others, reason) => {
    expect(reach(others)).toMatch(/^medium: /);
    expect(reach(others)).toContain(reason);
  });

  test('where nobody is known to read, the network of the endpoint has to be linked', () => {
    expect(reach(aroundWithout(gateway, cluster))).toBe('compliant: pe-kv-shop; read by nobody that is known');
    expect(reach(aroundWithout(gateway, cluster, link))).toContain('is not linked to vnet-spoke; link it');
  });

  test('a network with DNS servers of its own looks up elsewhere, except for an Application Gateway', () => {
    const others = [
      ...aroundWithout(link, network),
      having(network, { dhcpOptions: { dnsServers: ['10.0.0.4'] } }),
      linkTo(`${networkId}-hub`),
    ];
    expect(reach(others.filter((one) => one !== gateway))).toMatch(/^compliant/);
    expect(reach(others)).toContain('where Application Gateway agw-shop is');
    expect(reach(others.filter(({ type }) => !type.endsWith('virtualNetworkLinks')))).toContain(
      'where cluster aks-shop is',
    );
  });

  test('a gateway counts by its root certificates, too, and not by those of another vault', () => {
    const root = having(gateway, {
      sslCertificates: undefined,
      trustedRootCertificates: (gateway.properties as { sslCertificates: Json }).sslCertificates,
    });
    expect(reach([...aroundWithout(gateway), root])).toContain('Application Gateway agw-shop');
    const other = having(gateway, {
      sslCertificates: [{ properties: { keyVaultSecretId: 'https://kv-shop2.vault.azure.net/secrets/tls' } }],
    });
    expect(reach([...aroundWithout(gateway), other])).not.toContain('Application Gateway');
  });

  test('disk encryption sets come as a trusted service', () => {
    const set = resource(idIn('rg-shop', 'Microsoft.Compute/diskEncryptionSets/des'), {
      properties: {
        activeKey: { sourceVault: { id: vaultId.toUpperCase() }, keyUrl: 'https://kv-shop.vault.azure.net/keys/k/1' },
      },
    });
    expect(reach([...around, set])).toContain(
      'read by Application Gateway agw-shop, disk encryption set des, cluster aks-shop',
    );
  });

  test('a cluster in a network that AKS made for it', () => {
    const own = resource(idIn('RG-aks-shop-nodes', 'Microsoft.Network/virtualNetworks/aks-vnet'), { properties: {} });
    const kubenet = having(cluster, { agentPoolProfiles: [{ name: 'np' }] });
    expect(reach([...aroundWithout(cluster), kubenet, own])).toContain(
      'is not linked to aks-vnet, where cluster aks-shop is',
    );
  });

  test.each([
    [`${subscription}|Microsoft.Network/privateEndpoints`, 'private endpoint pe-kv-shop: 403'],
    [`${endpointId}|Microsoft.Network/privateEndpoints/privateDnsZoneGroups`, 'DNS zone groups: 403'],
    [
      `${zoneId}|Microsoft.Network/privateDnsZones/virtualNetworkLinks`,
      'links of privatelink.vaultcore.azure.net: 403',
    ],
    [`${subscription}|Microsoft.Network/applicationGateways`, 'application gateways: 403'],
    [`${subscription}|Microsoft.Compute/diskEncryptionSets`, 'disk encryption sets: 403'],
    [`${subscription}|Microsoft.ContainerService/managedClusters`, 'clusters: 403'],
    [`${subscription}|Microsoft.Network/virtualNetworks`, 'virtual networks: 403'],
  ])('is unknown where %s cannot be read, and nothing else is', (key, reason) => {
    expect(reach(around, closed, { [key]: '403' })).toBe(`unknown: ${reason}`);
    expect(said(judged(closed, around, { [key]: '403' }), 'public-access')).toMatch(/^compliant/);
  });
});

describe('advice', () => {
  test.each<[string, string, Json | undefined, string]>([
    ['soft-delete', 'enableSoftDelete', false, 'low'],
    ['soft-delete', 'enableSoftDelete', undefined, 'compliant'],
    ['purge-protection', 'enablePurgeProtection', false, 'low'],
    ['purge-protection', 'enablePurgeProtection', undefined, 'low'],
    ['authorization', 'enableRbacAuthorization', false, 'low'],
    ['authorization', 'enableRbacAuthorization', undefined, 'low'],
    ['authorization', 'enableRbacAuthorization', true, 'compliant'],
  ])('%s with %s %s', (key, property, value, start) => {
    expect(said(judged(having(closed, { [property]: value })), key)).toMatch(new RegExp(`^${start}: `));
  });
});

test('a private endpoint that is written concerns the vaults that it leads to', () => {
  expect(keyVaultIsolation.concerns(endpoint)).toEqual([vaultId]);
  const manual = having(endpoint, {
    privateLinkServiceConnections: undefined,
    manualPrivateLinkServiceConnections: [
      { properties: { privateLinkServiceId: vaultId } },
      { properties: { privateLinkServiceId: idIn('rg', 'Microsoft.Storage/storageAccounts/st') } },
    ],
  });
  expect(keyVaultIsolation.concerns(manual)).toEqual([vaultId]);
  expect(keyVaultIsolation.concerns(vault)).toEqual([]);
});
