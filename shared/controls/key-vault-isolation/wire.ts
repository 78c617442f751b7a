import { nameOf, type Json, type Resource } from '../../core/resource';

export const types = {
  vault: 'Microsoft.KeyVault/vaults',
  endpoint: 'Microsoft.Network/privateEndpoints',
  zoneGroup: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
  zoneLink: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
  network: 'Microsoft.Network/virtualNetworks',
  gateway: 'Microsoft.Network/applicationGateways',
  encryptionSet: 'Microsoft.Compute/diskEncryptionSets',
  cluster: 'Microsoft.ContainerService/managedClusters',
} as const;

interface Reference {
  readonly id?: string;
}

export interface Vault {
  readonly vaultUri?: string;
  readonly publicNetworkAccess?: string;
  readonly networkAcls?: {
    readonly defaultAction?: string;
    readonly bypass?: string;
    readonly ipRules?: readonly { readonly value?: string }[];
    readonly virtualNetworkRules?: readonly Reference[];
  } & Readonly<Record<string, Json>>;
  readonly enableRbacAuthorization?: boolean;
  readonly accessPolicies?: readonly { readonly objectId?: string }[];
  readonly privateEndpointConnections?: readonly {
    readonly properties?: {
      readonly privateEndpoint?: Reference;
      readonly privateLinkServiceConnectionState?: { readonly status?: string };
    };
  }[];
}

interface Connection {
  readonly properties?: { readonly privateLinkServiceId?: string };
}

export interface PrivateEndpoint {
  readonly subnet?: Reference;
  readonly privateLinkServiceConnections?: readonly Connection[];
  readonly manualPrivateLinkServiceConnections?: readonly Connection[];
}

export interface ZoneGroup {
  readonly privateDnsZoneConfigs?: readonly { readonly properties?: { readonly privateDnsZoneId?: string } }[];
}

export interface ZoneLink {
  readonly virtualNetwork?: Reference;
  readonly virtualNetworkLinkState?: string;
}

export interface Network {
  readonly dhcpOptions?: { readonly dnsServers?: readonly string[] };
}

interface Certificate {
  readonly properties?: { readonly keyVaultSecretId?: string };
}

export interface Gateway {
  readonly sslCertificates?: readonly Certificate[];
  readonly trustedRootCertificates?: readonly Certificate[];
  readonly gatewayIPConfigurations?: readonly { readonly properties?: { readonly subnet?: Reference } }[];
}

interface Key {
  readonly keyUrl?: string;
  readonly sourceVault?: Reference;
}

export interface EncryptionSet {
  readonly activeKey?: Key;
  readonly previousKeys?: readonly Key[];
}

interface Identity {
  readonly objectId?: string;
}

export interface Cluster {
  readonly nodeResourceGroup?: string;
  readonly agentPoolProfiles?: readonly { readonly vnetSubnetID?: string; readonly podSubnetID?: string }[];
  readonly identityProfile?: Readonly<Record<string, Identity>>;
  readonly addonProfiles?: Readonly<Record<string, { readonly identity?: Identity }>>;
  readonly podIdentityProfile?: { readonly userAssignedIdentities?: readonly { readonly identity?: Identity }[] };
  readonly securityProfile?: {
    readonly azureKeyVaultKms?: {
      readonly enabled?: boolean;
      readonly keyId?: string;
      readonly keyVaultResourceId?: string;
      readonly keyVaultNetworkAccess?: string;
    };
  };
}

/** The host of an address in lower case: `kv-shop.vault.azure.net`; empty when it is no https address. */
export function hostIn(url: string | undefined): string {
  return /^https:\/\/([^/:?#]+)/i.exec(url ?? '')?.[1]?.toLowerCase() ?? '';
}

/** Azure tells the address; until it does it is the name in the public cloud. */
export function hostOf({ name, properties }: Resource<Vault>): string {
  return hostIn(properties?.vaultUri) || `${name.toLowerCase()}.vault.azure.net`;
}

/** The network of a subnet. */
export function networkIn(subnetId: string | undefined): string | undefined {
  return /^(.+\/virtualNetworks\/[^/]+)\/subnets\//i.exec(subnetId ?? '')?.[1];
}

/** `privatelink.vaultcore.azure.net`, and its sisters in other clouds. */
export function isVaultZone(zoneId: string): boolean {
  return /^privatelink\.vaultcore\./i.test(nameOf(zoneId));
}
