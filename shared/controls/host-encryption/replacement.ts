import type { Inventory } from '../../core/inventory';
import { nameOf, regionOf, same, subscriptionScope, type Resource } from '../../core/resource';
import type { Pool } from './pool';
import { sizeOf } from './support';
import { types, type Cluster, type Network, type Quota } from './types';

/** How a person replaces a pool that cannot be changed, with what it takes, as sentences without a full stop. */
export function replacementOf(
  pool: Pool,
  others: readonly Pool[],
  cluster: Resource<Cluster>,
  inventory: Inventory,
): string {
  const name = pool.name ?? 'it';
  const isLastSystem = isSystem(pool) && !others.some(isSystem);
  const needs = [coresFor(pool, cluster, inventory), addressesFor(pool, cluster, inventory), likeness(pool)];
  return [
    `replace the pool: add one of mode ${pool.mode ?? 'User'} with encryption at host (${needs.filter(Boolean).join('; ')})`,
    `wait until its nodes are ready${isLastSystem ? `, for ${name} is the only System pool` : ''}`,
    `cordon ${name}, drain it within the disruption budgets, delete it last`,
  ].join(', ');
}

function isSystem({ mode }: Pool): boolean {
  return same(mode, 'System');
}

function coresFor(pool: Pool, cluster: Resource<Cluster>, inventory: Inventory): string {
  const nodes = pool.count;
  const size = sizeOf(pool.vmSize, cluster, inventory);
  const found = size.state === 'read' ? size.value : undefined;
  const each = Number(found?.capabilities?.find(({ name }) => same(name, 'vCPUs'))?.value);
  if (!Number.isFinite(each)) return `${count(nodes, 'node')}, check the quota of cores`;
  const needed = `${count(nodes, 'node')} or ${count(nodes * each, 'core')}`;
  const free = freeCores(found?.family, cluster, inventory);
  if (free === undefined) return `${needed}, check the quota`;
  return free < nodes * each ? `${needed}, raise the quota first: ${free} are free` : `${needed}, ${free} are free`;
}

/** The smaller of what is free in the family and in the region. */
function freeCores(family: string | undefined, cluster: Resource, inventory: Inventory): number | undefined {
  const provider = `${subscriptionScope(cluster.id)}/providers/Microsoft.Compute`;
  const quotas = inventory.list(types.quota, `${provider}/locations/${regionOf(cluster.location)}`);
  if (quotas.state === 'unread') return undefined;
  const counted = (quotas.value as unknown as readonly Quota[]).filter(({ name }) =>
    ['cores', family].some((one) => same(one, name?.value)),
  );
  const free = counted.map(({ limit = 0, currentValue = 0 }) => limit - currentValue);
  return free.length < 2 ? undefined : Math.max(0, Math.min(...free));
}

function addressesFor(pool: Pool, cluster: Resource<Cluster>, inventory: Inventory): string {
  if (pool.vnetSubnetID === undefined) return '';
  const needed = pool.count * addressesOfNode(pool, cluster.properties);
  const subnet = nameOf(pool.vnetSubnetID);
  const room = roomIn(pool.vnetSubnetID, inventory);
  if (room === undefined) return `${count(needed, 'address')}, check the room in subnet ${subnet}`;
  return room < needed
    ? `${count(needed, 'address')}, but subnet ${subnet} has room for ${room}: use another one`
    : `${count(needed, 'address')}, subnet ${subnet} has room for ${room}`;
}

/** Pods have addresses of the subnet only where neither an overlay nor a subnet of their own gives them theirs. */
function addressesOfNode({ maxPods, podSubnetID }: Pool, cluster: Cluster | undefined): number {
  const { networkPlugin, networkPluginMode } = cluster?.networkProfile ?? {};
  const isFlat = same(networkPlugin, 'azure') && !same(networkPluginMode, 'overlay') && podSubnetID === undefined;
  return isFlat ? 1 + maxPods : 1;
}

/** Azure keeps five addresses of every subnet. */
const kept = 5;

function roomIn(subnetId: string, inventory: Inventory): number | undefined {
  const network = inventory.get<Network>(subnetId.replace(/\/subnets\/[^/]+$/i, ''));
  const subnets = network.state === 'read' ? network.value?.properties?.subnets : undefined;
  const subnet = subnets?.find(({ id }) => same(id, subnetId))?.properties;
  if (subnet === undefined) return undefined;
  const prefixes = subnet.addressPrefixes ?? [subnet.addressPrefix ?? ''];
  const lengths = prefixes.flatMap((prefix) => /^\d+(?:\.\d+){3}\/(\d+)$/.exec(prefix)?.[1] ?? []);
  if (lengths.length === 0) return undefined;
  const size = lengths.reduce((sum, length) => sum + 2 ** (32 - Number(length)), 0);
  return Math.max(0, size - kept - (subnet.ipConfigurations?.length ?? 0));
}

function likeness({ labels, taints }: Pool): string {
  const parts = [
    ...(labels.length > 0 ? [`labels ${labels.join(', ')}`] : []),
    ...(taints.length > 0 ? [`taints ${taints.join(', ')}`] : []),
  ];
  return parts.length === 0 ? '' : `the same ${parts.join(' and ')}`;
}

function count(number: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`;
  return `${number} ${number === 1 ? noun : plural}`;
}
