import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, same, type Resource } from '../../core/resource';

export const types = {
  subscription: 'Microsoft.Resources/subscriptions',
  assignment: 'Microsoft.Authorization/policyAssignments',
  group: 'Microsoft.Management/managementGroups',
  descendant: 'Microsoft.Management/managementGroups/descendants',
} as const;

interface Descendant {
  readonly parent?: { readonly id?: string };
}

interface Group {
  readonly tenantId?: string;
}

/** Management groups above each subscription, in lower case, the nearest first. */
export interface Ancestors {
  readonly of: (subscription: string) => readonly string[];
  /** The group at the top of the tenant, whose name is the tenant's id; in lower case. */
  readonly root: string | undefined;
}

/**
 * The groups that the app may read and what is below them (Microsoft.Management: list, get descendants). The list shows
 * nothing, rather than being refused, to whom may read none.
 */
export function ancestorsIn(inventory: Inventory): Reading<Ancestors> {
  const groups = inventory.list<Group>(types.group, '');
  if (groups.state === 'unread') return { state: 'unread', reason: `management groups: ${groups.reason}` };
  if (groups.value.length === 0) return { state: 'unread', reason: unreadable };
  const root = groups.value.find(({ name, properties }) => same(name, properties?.tenantId));
  const parents = new Map<string, string>();
  for (const group of root === undefined ? groups.value : [root]) {
    const below = inventory.list<Descendant>(types.descendant, group.id);
    if (below.state === 'unread')
      return { state: 'unread', reason: `what is below management group ${nameOf(group.id)}: ${below.reason}` };
    for (const one of below.value) note(one, parents);
  }
  return {
    state: 'read',
    value: { of: (subscription) => chain(keyOf(subscription), parents), root: root && keyOf(root.id) },
  };
}

const unreadable = 'no management group can be read: give the app the role Management Group Reader';

function note({ id, properties }: Resource<Descendant>, parents: Map<string, string>): void {
  const parent = properties?.parent?.id ?? '';
  if (parent !== '') parents.set(keyOf(id), keyOf(parent));
}

function chain(start: string, parents: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  for (let at = parents.get(start); at !== undefined && !found.includes(at); at = parents.get(at)) found.push(at);
  return found;
}
