import { isAtOrBelow, key, subscriptionOf } from './ids';
import type { Store } from './store';
import type { Fields } from './wire';
import { fieldsOf, itemsOf, textOf } from './wire';

/** The scope at which an extension resource is kept; empty for the tenant. */
export const scopeOf = (id: string): string => id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));

/** Whether what is kept at another scope also counts at the given one: it is kept there or above. */
export function reaching(store: Store, scope: string): (upper: string) => boolean {
  const groups = groupsAbove(store, scope);
  return (upper) => isAtOrBelow(scope, upper) || groups.has(key(upper));
}

/**
 * The management groups that contain a scope, in lower case; a group contains itself. Azure keeps one tree; here it is
 * what the groups say of their `children` and their `details.parent`, and resources `{group}/subscriptions/{id}`.
 * derived: a subscription that no group names is in every group that exists.
 */
export function groupsAbove(store: Store, scope: string): ReadonlySet<string> {
  const groups = new Set(Array.from(store.ofType(groupType), ({ id }) => key(id)));
  const parents = parentsIn(store);
  const subscription = subscriptionOf(scope);
  const start = subscription === undefined ? groupIn(scope) : key(`/subscriptions/${subscription}`);
  if (subscription !== undefined && !parents.has(start)) return groups;
  const found = new Set<string>();
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    if (groups.has(id)) found.add(id);
    waiting.push(...(parents.get(id) ?? []));
  }
  return found;
}

/** The group directly above a group or subscription; undefined where no group names it. */
export function groupOver(store: Store, id: string): string | undefined {
  const [parent] = parentsIn(store).get(key(id)) ?? [];
  return parent === undefined ? undefined : (store.get(parent)?.id ?? parent);
}

const groupType = 'Microsoft.Management/managementGroups';

const groupIn = (scope: string): string =>
  key(/^\/providers\/Microsoft\.Management\/[^/]+\/[^/]+/i.exec(scope)?.[0] ?? '');

function parentsIn(store: Store): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  const put = (child: string, parent: string): void => {
    if (child !== '' && parent !== '') parents.set(key(child), [...(parents.get(key(child)) ?? []), key(parent)]);
  };
  const putChildren = (parent: string, children: readonly Fields[]): void => {
    for (const child of children) {
      put(textOf(child['id']), parent);
      putChildren(textOf(child['id']), itemsOf(child['children']));
    }
  };
  for (const { id, properties } of store.ofType(groupType)) {
    putChildren(id, itemsOf(properties?.['children']));
    put(id, textOf(fieldsOf(properties, 'details', 'parent')['id']));
  }
  for (const { id } of store.ofType(`${groupType}/subscriptions`)) {
    const [group = '', subscription = ''] = id.split(/\/subscriptions\//i);
    put(`/subscriptions/${subscription}`, group);
  }
  return parents;
}
