import { keyVaultIsolation } from '../../shared/controls/key-vault-isolation';
import type { Json, Resource } from '../../shared/core/resource';
import type { Aspect, Verdict } from '../../shared/core/verdict';
import { having, idIn, inventoryOf, resource } from '../given';

const region = 'westeurope';

export const vaultId = idIn('rg-shop', 'Microsoft.KeyVault/vaults/kv-shop');
export const endpointId = idIn('rg-shop', 'Microsoft.Network/privateEndpoints/pe-kv-shop');
export const zoneId = idIn('rg-hub', 'Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net');
export const networkId = idIn('rg-network', 'Microsoft.Network/virtualNetworks/vnet-spoke');
export const gatewayId = idIn('rg-shop', 'Microsoft.Network/applicationGateways/agw-shop');
export const clusterId = idIn('rg-shop', 'Microsoft.ContainerService/managedClusters/aks-shop');
const pods = 'aaaaaaaa-0000-4000-8000-000000000001';
export const pipeline = 'aaaaaaaa-0000-4000-8000-000000000002';

/** Open to everybody, as Azure makes them, with a private endpoint beside. */
export const vault = resource(vaultId, {
  location: region,
  tags: { owner: 'shop' },
  properties: {
    sku: { family: 'A', name: 'standard' },
    tenantId: '7e4a0000-0000-4000-8000-000000000000',
    vaultUri: 'https://kv-shop.vault.azure.net/',
    accessPolicies: [
      { objectId: pods, permissions: { secrets: ['get'] } },
      { objectId: pipeline, permissions: { secrets: ['set'] } },
    ],
    enabledForDeployment: false,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enablePurgeProtection: true,
    enableRbacAuthorization: false,
    publicNetworkAccess: 'Enabled',
    networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
    privateEndpointConnections: [connection('Approved')],
    provisioningState: 'Succeeded',
  },
});

export function connection(status: string | undefined, id = endpointId): Json {
  return {
    id: `${vaultId}/privateEndpointConnections/one`,
    properties: {
      privateEndpoint: { id },
      ...(status !== undefined && { privateLinkServiceConnectionState: { status } }),
      provisioningState: 'Succeeded',
    },
  };
}

/** Closed: nothing is wrong with it. */
export const closed = having(vault, {
  enableRbacAuthorization: true,
  networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] },
});

export const endpoint = resource(endpointId, {
  location: region,
  properties: {
    subnet: { id: `${networkId}/subnets/snet-endpoints` },
    privateLinkServiceConnections: [{ name: 'kv', properties: { privateLinkServiceId: vaultId, groupIds: ['vault'] } }],
  },
});

export const zoneGroup = resource(`${endpointId}/privateDnsZoneGroups/default`, {
  properties: { privateDnsZoneConfigs: [{ name: 'vault', properties: { privateDnsZoneId: zoneId } }] },
});

export function linkTo(network: string, name = 'spoke', state?: string): Resource {
  return resource(`${zoneId}/virtualNetworkLinks/${name}`, {
    location: 'global',
    properties: {
      virtualNetwork: { id: network },
      registrationEnabled: false,
      ...(state && { virtualNetworkLinkState: state }),
    },
  });
}

export const link = linkTo(networkId);
export const network = resource(networkId, { location: region, properties: { subnets: [] } });

export const gateway = resource(gatewayId, {
  location: region,
  properties: {
    sslCertificates: [{ name: 'tls', properties: { keyVaultSecretId: 'https://KV-shop.vault.azure.net/secrets/tls' } }],
    gatewayIPConfigurations: [{ name: 'ip', properties: { subnet: { id: `${networkId}/subnets/snet-gateway` } } }],
  },
});

export const cluster = resource(clusterId, {
  location: region,
  properties: {
    nodeResourceGroup: 'rg-aks-shop-nodes',
    agentPoolProfiles: [{ name: 'np', vnetSubnetID: `${networkId}/subnets/snet-nodes` }],
    podIdentityProfile: { userAssignedIdentities: [{ name: 'ingress', identity: { objectId: pods.toUpperCase() } }] },
  },
});

/** What stands around a vault, all of it private. */
export const around: readonly Resource[] = [endpoint, zoneGroup, link, network, gateway, cluster];

export const aroundWithout = (...gone: readonly Resource[]): readonly Resource[] =>
  around.filter((one) => !gone.includes(one));

export function judged(
  subject: Resource,
  others: readonly Resource[] = around,
  unread: Readonly<Record<string, string>> = {},
): readonly Aspect[] {
  return keyVaultIsolation.evaluate(subject, inventoryOf([subject, ...others], unread)) as readonly Aspect[];
}

/** What is said about one of several things, with its severity. */
export function said(aspects: readonly Aspect[], key: string): string {
  const verdict: Verdict | undefined = aspects.find((one) => one.key === key)?.verdict;
  if (verdict === undefined) throw new Error(`no aspect ${key}`);
  if (verdict.state !== 'violation') return `${verdict.state}: ${verdict.reason}`;
  return verdict.problems.map(({ severity, reason }) => `${severity}: ${reason}`).join('\n');
}
