import type { Inventory, Reading } from './inventory';
import { same } from './resource';

/** The id of the cluster whose nodes lie in the resource group of a resource; undefined where it is no such group. */
export function clusterAround(id: string, inventory: Inventory): Reading<string | undefined> {
  const [, scope = '', group = ''] = /^(\/subscriptions\/[^/]+)\/resourceGroups\/([^/]+)/i.exec(id) ?? [];
  if (group === '') return { state: 'read', value: undefined };
  const groups = inventory.list('Microsoft.Resources/resourceGroups', scope);
  if (groups.state === 'unread') return { state: 'unread', reason: `resource groups: ${groups.reason}` };
  const owner = groups.value.find(({ name }) => same(name, group))?.managedBy ?? '';
  return { state: 'read', value: /\/managedClusters\//i.test(owner) ? owner : undefined };
}
