import type { Inventory, Reading } from './inventory';
import { keyOf, nameOf, same, type Resource } from './resource';
import type { Verdict } from './verdict';

/** The id of the cluster whose nodes lie in the resource group of a resource; undefined where it is no such group. */
export function clusterAround(id: string, inventory: Inventory): Reading<string | undefined> {
  const [, scope = '', group = ''] = /^(\/subscriptions\/[^/]+)\/resourceGroups\/([^/]+)/i.exec(id) ?? [];
  if (group === '') return { state: 'read', value: undefined };
  const groups = inventory.list('Microsoft.Resources/resourceGroups', scope);
  if (groups.state === 'unread') return { state: 'unread', reason: `resource groups: ${groups.reason}` };
  return { state: 'read', value: clustersOf(groups.value).get(keyOf(group)) };
}

/** Clusters by the names of their node resource groups; made once for each list, for thousands of machines ask it. */
function clustersOf(groups: readonly Resource[]): ReadonlyMap<string, string> {
  const known = indexes.get(groups);
  if (known !== undefined) return known;
  const managed = groups.flatMap(({ name, managedBy }) =>
    /\/managedClusters\//i.test(managedBy ?? '') ? [[keyOf(name), managedBy ?? ''] as const] : [],
  );
  const index = new Map(managed);
  indexes.set(groups, index);
  return index;
}

const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, string>>();

/** Why nothing is said of a virtual machine or scale set itself: it is a node, or a set that makes no machines. */
export function judgedElsewhere(machine: Resource, inventory: Inventory): Verdict | undefined {
  const { virtualMachineProfile } = (machine.properties ?? {}) as { readonly virtualMachineProfile?: unknown };
  if (same(machine.type, 'Microsoft.Compute/virtualMachineScaleSets') && (virtualMachineProfile ?? null) === null)
    return { state: 'notApplicable', reason: 'the set has no model: machines in it are judged by themselves' };
  const cluster = clusterAround(machine.id, inventory);
  if (cluster.state === 'unread') return { state: 'unknown', reason: cluster.reason };
  if (cluster.value === undefined) return undefined;
  return { state: 'notApplicable', reason: `it is a node of cluster ${nameOf(cluster.value)} and judged there` };
}
