import type { Inventory } from '../core/inventory';
import { nameOf, parseId, regionOf, subscriptionScope, type Resource } from '../core/resource';

/** Everything that is written about the flow logs of a region is written under one lock. */
export function regionLock(subject: Resource): string {
  return `${subscriptionScope(subject.id)}/locations/${regionOf(subject.location)}`;
}

/**
 * Why nothing is written about a target: the managed resource group of a cluster is read but not written, for AKS owns
 * what is in it. Undefined: it may be.
 */
export function managedByCluster(target: string, inventory: Inventory): string | undefined {
  const { subscriptionId, resourceGroup = '' } = parseId(target);
  const group = inventory.get(`/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`);
  if (group.state === 'unread') return `resource group ${resourceGroup}: ${group.reason}`;
  const cluster = group.value?.managedBy?.toLowerCase().includes('/managedclusters/') ?? false;
  if (!cluster && !resourceGroup.toLowerCase().startsWith('mc_')) return undefined;
  return `${nameOf(target)} is in ${resourceGroup}, which AKS manages for a cluster: give the cluster a network of your own`;
}
