import type { Inventory, Reading } from './inventory';
import { parseId, same, subscriptionScope } from './resource';

/** The id of the cluster whose nodes lie in the resource group of a resource; undefined where it is no such group. */
export function clusterAround(id: string, inventory: Inventory): Reading<string | undefined> {
  const { resourceGroup } = parseId(id);
  const groups = inventory.list('Microsoft.Resources/resourceGroups', subscriptionScope(id));
  if (groups.state === 'unread') return { state: 'unread', reason: `resource groups: ${groups.reason}` };
  const owner = groups.value.find(({ name }) => same(name, resourceGroup))?.managedBy ?? '';
  return { state: 'read', value: /\/managedClusters\//i.test(owner) ? owner : undefined };
}
