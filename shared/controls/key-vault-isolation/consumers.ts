import type { Inventory, Reading } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, parseId, same, subscriptionScope, type Resource } from '../../core/resource';
import {
  hostIn,
  hostOf,
  networkIn,
  types,
  type Cluster,
  type EncryptionSet,
  type Gateway,
  type Network,
  type Vault,
} from './wire';

/** Who is known to read from a vault. */
export interface Consumer {
  /** As `Application Gateway agw-shop`. */
  readonly title: string;
  readonly kind: 'gateway' | 'cluster' | 'encryption';
  /** The networks from which it comes; none when it comes as a trusted service only. */
  readonly networks: readonly string[];
  /** Object ids by which it signs in, as far as they are known. */
  readonly identities: readonly string[];
  /** Why a firewall that denies would cut it off, as a sentence; absent: it would not, where its networks resolve the vault. */
  readonly stuck?: string;
}

/** Gateways, clusters and disk encryption sets of the vault's subscription that read from it. */
export function consumersOf(vault: Resource<Vault>, inventory: Inventory): Reading<readonly Consumer[]> {
  const scope = subscriptionScope(vault.id);
  const gateways = inventory.list<Gateway>(types.gateway, scope);
  const sets = inventory.list<EncryptionSet>(types.encryptionSet, scope);
  const clusters = inventory.list<Cluster>(types.cluster, scope);
  const networks = inventory.list<Network>(types.network, scope);
  if (gateways.state === 'unread') return { ...gateways, reason: `application gateways: ${gateways.reason}` };
  if (sets.state === 'unread') return { ...sets, reason: `disk encryption sets: ${sets.reason}` };
  if (clusters.state === 'unread') return { ...clusters, reason: `clusters: ${clusters.reason}` };
  if (networks.state === 'unread') return { ...networks, reason: `virtual networks: ${networks.reason}` };
  const read = gatewaysByHost(gateways.value).get(hostOf(vault)) ?? [];
  const encrypting = sets.value.filter(({ properties }) => usesKeyOf(vault, properties));
  const value = [
    ...[...new Set(read)].map(asGateway),
    ...encrypting.map(({ name }): Consumer => ({
      title: `disk encryption set ${name}`,
      kind: 'encryption',
      networks: [],
      identities: [],
    })),
    ...clusters.value.flatMap((cluster) => asCluster(cluster, vault, networks.value)),
  ];
  return { state: 'read', value };
}

const gatewaysByHost = oncePerList((gateways: readonly Resource<Gateway>[]) => {
  const all = gateways.flatMap((gateway) => secretsOf(gateway).map((secret) => ({ host: hostIn(secret), gateway })));
  const byHost = Map.groupBy(all, ({ host }) => host);
  return new Map([...byHost].map(([host, found]) => [host, found.map(({ gateway }) => gateway)]));
});

function secretsOf({ properties }: Resource<Gateway>): readonly string[] {
  const { sslCertificates = [], trustedRootCertificates = [] } = properties ?? {};
  return [...sslCertificates, ...trustedRootCertificates].flatMap((one) => one.properties?.keyVaultSecretId ?? []);
}

function asGateway({ name, properties, identity }: Resource<Gateway>): Consumer {
  const subnets = (properties?.gatewayIPConfigurations ?? []).map((one) => one.properties?.subnet?.id);
  const assigned = Object.values((identity?.['userAssignedIdentities'] ?? {}) as Readonly<Record<string, Principal>>);
  return {
    title: `Application Gateway ${name}`,
    kind: 'gateway',
    networks: networksOf(subnets),
    identities: assigned.flatMap(({ principalId }) => principalId ?? []),
  };
}

interface Principal {
  readonly principalId?: string;
}

function networksOf(subnetIds: readonly (string | undefined)[]): readonly string[] {
  const ids = subnetIds.flatMap((id) => networkIn(id) ?? []);
  return [...new Map(ids.map((id) => [keyOf(id), id])).values()];
}

function usesKeyOf(vault: Resource<Vault>, { activeKey, previousKeys = [] }: EncryptionSet = {}): boolean {
  const keys = [...(activeKey === undefined ? [] : [activeKey]), ...previousKeys];
  return keys.some(({ keyUrl, sourceVault }) => same(sourceVault?.id, vault.id) || hostIn(keyUrl) === hostOf(vault));
}

function asCluster(
  cluster: Resource<Cluster>,
  vault: Resource<Vault>,
  networks: readonly Resource<Network>[],
): readonly Consumer[] {
  const { azureKeyVaultKms: kms } = cluster.properties?.securityProfile ?? {};
  const encrypts =
    kms?.enabled === true && (same(kms.keyVaultResourceId, vault.id) || hostIn(kms.keyId) === hostOf(vault));
  const identities = identitiesOf(cluster);
  if (!encrypts && !holdsAccessPolicy(identities, vault)) return [];
  const isPublic = encrypts && !same(kms.keyVaultNetworkAccess ?? 'Public', 'Private');
  const stuck = `cluster ${cluster.name} encrypts its secrets with a key of the vault over public networks; set its keyVaultNetworkAccess to Private first`;
  const around = networksAround(cluster, networks);
  const one: Consumer = { title: `cluster ${cluster.name}`, kind: 'cluster', networks: around, identities };
  return [{ ...one, ...(isPublic && { stuck }) }];
}

/** By which the cluster's nodes, add-ons and pods sign in. */
function identitiesOf({ properties }: Resource<Cluster>): readonly string[] {
  const { identityProfile = {}, addonProfiles = {}, podIdentityProfile } = properties ?? {};
  const identities = [
    ...Object.values(identityProfile),
    ...Object.values(addonProfiles).map(({ identity }) => identity),
    ...(podIdentityProfile?.userAssignedIdentities ?? []).map(({ identity }) => identity),
  ];
  return identities.flatMap((identity) => identity?.objectId ?? []);
}

function holdsAccessPolicy(identities: readonly string[], { properties }: Resource<Vault>): boolean {
  const allowed = (properties?.accessPolicies ?? []).map(({ objectId }) => objectId);
  return identities.some((identity) => allowed.some((objectId) => same(objectId, identity)));
}

/** Of a cluster without networks of one's own, those that AKS made for it. */
function networksAround({ properties }: Resource<Cluster>, networks: readonly Resource<Network>[]): readonly string[] {
  const { agentPoolProfiles = [], nodeResourceGroup = '' } = properties ?? {};
  const own = networksOf(agentPoolProfiles.flatMap(({ vnetSubnetID, podSubnetID }) => [vnetSubnetID, podSubnetID]));
  if (own.length > 0) return own;
  return networks.filter(({ id }) => same(parseId(id).resourceGroup, nodeResourceGroup)).map(({ id }) => id);
}
