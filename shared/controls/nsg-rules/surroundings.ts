import type { Inventory, Reading } from '../../core/inventory';
import { oncePerList } from '../../core/once';
import { keyOf, nameOf, parseId, same, subscriptionScope, type Resource } from '../../core/resource';
import { addressesFrom, bothOf, noAddress, type Addresses } from './addresses';
import type { WireRule } from './rule';

export const types = {
  network: 'Microsoft.Network/virtualNetworks',
  group: 'Microsoft.Network/networkSecurityGroups',
  gateway: 'Microsoft.Network/applicationGateways',
  cluster: 'Microsoft.ContainerService/managedClusters',
  endpoint: 'Microsoft.Network/privateEndpoints',
  resourceGroup: 'Microsoft.Resources/resourceGroups',
} as const;

interface Reference {
  readonly id?: string;
}

export interface Subnet {
  readonly id?: string;
  readonly name?: string;
  readonly properties?: {
    readonly addressPrefix?: string;
    readonly addressPrefixes?: readonly string[];
    readonly networkSecurityGroup?: Reference;
    readonly ipConfigurations?: readonly Reference[];
    readonly privateEndpointNetworkPolicies?: string;
  };
}

export interface Network {
  readonly addressSpace?: { readonly addressPrefixes?: readonly string[] };
  readonly subnets?: readonly Subnet[];
}

export interface PrivateEndpoint {
  readonly subnet?: Reference;
}

export interface SecurityGroup {
  readonly securityRules?: readonly WireRule[];
  readonly subnets?: readonly Reference[];
  readonly networkInterfaces?: readonly Reference[];
}

export interface Gateway {
  readonly sku?: { readonly name?: string; readonly tier?: string };
  readonly gatewayIPConfigurations?: readonly { readonly properties?: { readonly subnet?: Reference } }[];
  readonly frontendIPConfigurations?: readonly { readonly properties?: { readonly publicIPAddress?: Reference } }[];
}

export interface Cluster {
  readonly nodeResourceGroup?: string;
  readonly agentPoolProfiles?: readonly Pool[];
}

interface Pool {
  readonly name?: string;
  readonly vnetSubnetID?: string;
  readonly podSubnetID?: string;
}

/** What is in a subnet. */
export interface Place {
  readonly id: string;
  readonly name: string;
  /** Its own addresses; none where its network could not be found. */
  readonly addresses: Addresses;
  readonly prefixes: readonly string[];
  /** The addresses of its network. */
  readonly network: Addresses;
  /** Node pools, as `npuser of aks-shop`. */
  readonly pools: readonly string[];
  /** The ranges of all node pools of the same clusters. */
  readonly nodes: readonly string[];
  readonly gateways: readonly Resource<Gateway>[];
  /** Nothing has an address in it yet. */
  readonly isEmpty: boolean;
}

/** Azure Bastion's own subnet, which it has to be named. */
export function isBastion({ name }: Pick<Place, 'name'>): boolean {
  return same(name, 'AzureBastionSubnet');
}

/** What a rule set has to suit: the subnets of these ids, in their order. */
export function placesOf(ids: readonly string[], inventory: Inventory): Reading<readonly Place[]> {
  const scopes = [...new Set(ids.map((id) => keyOf(subscriptionScope(id))))];
  const places: Place[] = [];
  for (const scope of scopes) {
    const around = surroundings(scope, inventory);
    if (around.state === 'unread') return around;
    const here = ids.filter((id) => keyOf(subscriptionScope(id)) === scope);
    places.push(...here.map((id) => placeOf(id, around.value)));
  }
  return { state: 'read', value: places };
}

interface Surroundings {
  readonly subnets: ReadonlyMap<string, { readonly subnet: Subnet; readonly network: Resource<Network> }>;
  readonly pools: ReadonlyMap<string, readonly { readonly name: string; readonly cluster: Resource<Cluster> }[]>;
  readonly gateways: ReadonlyMap<string, readonly Resource<Gateway>[]>;
}

function surroundings(scope: string, inventory: Inventory): Reading<Surroundings> {
  const networks = inventory.list<Network>(types.network, scope);
  const clusters = inventory.list<Cluster>(types.cluster, scope);
  const gateways = inventory.list<Gateway>(types.gateway, scope);
  if (networks.state === 'unread') return { ...networks, reason: `virtual networks: ${networks.reason}` };
  if (clusters.state === 'unread') return { ...clusters, reason: `clusters: ${clusters.reason}` };
  if (gateways.state === 'unread') return { ...gateways, reason: `application gateways: ${gateways.reason}` };
  const value = {
    subnets: subnetsIn(networks.value),
    pools: poolsIn(clusters.value),
    gateways: gatewaysIn(gateways.value),
  };
  return { state: 'read', value };
}

const subnetsIn = oncePerList(
  (networks: readonly Resource<Network>[]): Surroundings['subnets'] =>
    new Map(
      networks.flatMap((network) =>
        (network.properties?.subnets ?? []).map((subnet) => [keyOf(subnet.id ?? ''), { subnet, network }] as const),
      ),
    ),
);

const poolsIn = oncePerList((clusters: readonly Resource<Cluster>[]): Surroundings['pools'] => {
  const all = clusters.flatMap((cluster) =>
    (cluster.properties?.agentPoolProfiles ?? []).flatMap((pool) =>
      subnetsOfPool(pool).map((id) => ({ id: keyOf(id), name: `${pool.name ?? '?'} of ${cluster.name}`, cluster })),
    ),
  );
  return Map.groupBy(all, ({ id }) => id);
});

function subnetsOfPool({ vnetSubnetID, podSubnetID }: Pool): readonly string[] {
  return [vnetSubnetID, podSubnetID].filter((id) => id !== undefined);
}

const gatewaysIn = oncePerList((gateways: readonly Resource<Gateway>[]): Surroundings['gateways'] => {
  const all = gateways.flatMap((gateway) =>
    (gateway.properties?.gatewayIPConfigurations ?? []).map(({ properties }) => ({
      id: keyOf(properties?.subnet?.id ?? ''),
      gateway,
    })),
  );
  return new Map([...Map.groupBy(all, ({ id }) => id)].map(([id, found]) => [id, found.map(({ gateway }) => gateway)]));
});

function placeOf(id: string, { subnets, pools, gateways }: Surroundings): Place {
  const found = subnets.get(keyOf(id));
  const inside = pools.get(keyOf(id)) ?? [];
  const prefixes = prefixesOf(found?.subnet);
  const clusters = inside.flatMap(({ cluster }) => cluster.properties?.agentPoolProfiles ?? []);
  const nodes = clusters.flatMap(subnetsOfPool).flatMap((pool) => prefixesOf(subnets.get(keyOf(pool))?.subnet));
  return {
    id,
    name: nameOf(id),
    prefixes,
    addresses: addressesIn(prefixes),
    network: addressesIn(found?.network.properties?.addressSpace?.addressPrefixes ?? []),
    pools: [...new Set(inside.map(({ name }) => name))],
    nodes: [...new Set(nodes)],
    gateways: gateways.get(keyOf(id)) ?? [],
    isEmpty: (found?.subnet.properties?.ipConfigurations ?? []).length === 0,
  };
}

function prefixesOf(subnet: Subnet | undefined): readonly string[] {
  const { addressPrefix, addressPrefixes = [] } = subnet?.properties ?? {};
  return [...new Set([...(addressPrefix === undefined ? [] : [addressPrefix]), ...addressPrefixes])];
}

function addressesIn(prefixes: readonly string[]): Addresses {
  return prefixes.map((prefix) => addressesFrom(prefix) ?? noAddress).reduce(bothOf, noAddress);
}

/** The cluster, or the resource group, by which a resource is AKS's own; undefined when it is not. */
export function ownerAks(id: string, inventory: Inventory): Reading<string | undefined> {
  const { subscriptionId, resourceGroup = '' } = parseId(id);
  const group = inventory.get(`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`);
  if (group.state === 'unread') return { ...group, reason: `resource group ${resourceGroup}: ${group.reason}` };
  const { managedBy = '' } = group.value ?? {};
  if (/\/managedclusters\//i.test(managedBy)) return { state: 'read', value: `cluster ${nameOf(managedBy)}` };
  if (/^mc_/i.test(resourceGroup)) return { state: 'read', value: `the cluster of ${resourceGroup}` };
  const clusters = inventory.list<Cluster>(types.cluster, subscriptionScope(id));
  if (clusters.state === 'unread') return { ...clusters, reason: `clusters: ${clusters.reason}` };
  const owner = clusters.value.find(({ properties }) => same(properties?.nodeResourceGroup, resourceGroup));
  return { state: 'read', value: owner && `cluster ${owner.name}` };
}
