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
  const byVault = setsByVault(sets.value);
  const encrypting = new Set([...(byVault.get(keyOf(vault.id)) ?? []), ...(byVault.get(hostOf(vault)) ?? [])]);
  const asked = { vault, host: hostOf(vault), allowed: holdersIn(vault) };
  const value = [
    ...[...new Set(read)].map(asGateway),
    ...[...encrypting].map(({ name }): Consumer => ({
      title: `disk encryption set ${name}`,
      kind: 'encryption',
      networks: [],
      identities: [],
    })),
    ...clusters.value.flatMap((cluster) => asCluster(cluster, asked, networks.value)),
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

/** By the ids and by the hosts of the vaults that their keys are in. */
const setsByVault = oncePerList((sets: readonly Resource<EncryptionSet>[]) => {
  const all = sets.flatMap((set) => {
    const { activeKey, previousKeys = [] } = set.properties ?? {};
    const keys = [...(activeKey === undefined ? [] : [activeKey]), ...previousKeys];
    return keys.flatMap(({ keyUrl, sourceVault }) => [
      { vault: keyOf(sourceVault?.id ?? ''), set },
      { vault: hostIn(keyUrl), set },
    ]);
  });
  const byVault = Map.groupBy(all, ({ vault }) => vault);
  return new Map([...byVault].map(([vault, found]) => [vault, found.map(({ set }) => set)]));
});

/** A vault, and what is compared with each cluster. */
interface Asked {
  readonly vault: Resource<Vault>;
  readonly host: string;
  /** Who holds an access policy, in the form of keys. */
  readonly allowed: ReadonlySet<string>;
}

function holdersIn({ properties }: Resource<Vault>): ReadonlySet<string> {
  const ids = (properties?.accessPolicies ?? []).flatMap(({ objectId }) => objectId ?? []);
  return new Set(ids.map(keyOf));
}

function asCluster(
  cluster: Resource<Cluster>,
  asked: Asked,
  networks: readonly Resource<Network>[],
): readonly Consumer[] {
  const kms = encryptionWith(cluster, asked);
  if (kms === undefined && asked.allowed.size === 0) return [];
  const identities = identitiesOf(cluster);
  if (kms === undefined && !identities.some((identity) => asked.allowed.has(keyOf(identity)))) return [];
  const isPublic = kms !== undefined && !same(kms.keyVaultNetworkAccess ?? 'Public', 'Private');
  const stuck = `cluster ${cluster.name} encrypts its secrets with a key of the vault over public networks; set its keyVaultNetworkAccess to Private first`;
  const around = networksAround(cluster, networks);
  const one: Consumer = { title: `cluster ${cluster.name}`, kind: 'cluster', networks: around, identities };
  return [{ ...one, ...(isPublic && { stuck }) }];
}

type Encryption = NonNullable<NonNullable<Cluster['securityProfile']>['azureKeyVaultKms']>;

/** How a cluster encrypts its secrets, where it does so with a key of the vault. */
function encryptionWith({ properties }: Resource<Cluster>, { vault, host }: Asked): Encryption | undefined {
  const { azureKeyVaultKms: kms } = properties?.securityProfile ?? {};
  if (kms?.enabled !== true) return undefined;
  return same(kms.keyVaultResourceId, vault.id) || hostIn(kms.keyId) === host ? kms : undefined;
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

/** Of a cluster without networks of one's own, those that AKS made for it. */
function networksAround({ properties }: Resource<Cluster>, networks: readonly Resource<Network>[]): readonly string[] {
  const { agentPoolProfiles = [], nodeResourceGroup = '' } = properties ?? {};
  const own = networksOf(agentPoolProfiles.flatMap(({ vnetSubnetID, podSubnetID }) => [vnetSubnetID, podSubnetID]));
  if (own.length > 0) return own;
  return networks.filter(({ id }) => same(parseId(id).resourceGroup, nodeResourceGroup)).map(({ id }) => id);
}
