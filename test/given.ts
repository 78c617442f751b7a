import type { Inventory, Query, Reading } from '../shared/core/inventory';
import { keyOf, parseId, same, type Json, type Resource } from '../shared/core/resource';
import type { Settings } from '../shared/core/settings';

export const subscriptionId = '11111111-2222-4333-8444-555555555555';
export const subscription = `/subscriptions/${subscriptionId}`;
export const stewardGroup = `${subscription}/resourceGroups/rg-steward`;
export const workspaceId = `${stewardGroup}/providers/Microsoft.OperationalInsights/workspaces/log-steward`;

export const settings: Settings = {
  subscriptionIds: [subscriptionId],
  resourceGroupId: stewardGroup,
  remediate: ['flow-logs'],
  flowLogRetentionDays: 90,
  flowLogStorage: {},
  nsgFlowLogs: 'repair',
  workspaceId,
};

export function idIn(group: string, path: string): string {
  return `${subscription}/resourceGroups/${group}/providers/${path}`;
}

/** A resource as ARM sends it. */
export function resource(id: string, rest: object): Resource {
  const { type, name } = parseId(id);
  return { id, name, type, ...rest };
}

type Change = Readonly<Record<string, Json | undefined>>;

/** The same resource with properties changed; `undefined` takes one away. */
export function having<P>(base: Resource<P>, properties: Change): Resource<P> {
  const merged = Object.entries({ ...(base.properties as object), ...properties }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...base, properties: Object.fromEntries(merged) as P };
}

/** An inventory that has read everything and found these. */
export function inventoryOf(resources: readonly Resource[], unread: Readonly<Record<string, string>> = {}): Inventory {
  const answer = (query: Query): Reading<Resource | undefined | readonly Resource[]> => {
    const key = query.kind === 'get' ? query.id : `${query.scope}|${query.type}`;
    const reason = Object.entries(unread).find(([name]) => same(name, key))?.[1];
    if (reason !== undefined) return { state: 'unread', reason };
    return {
      state: 'read',
      value: query.kind === 'get' ? find(resources, query.id) : listed(resources, query.type, query.scope),
    };
  };
  return {
    get: <P>(id: string) => answer({ kind: 'get', id }) as Reading<Resource<P> | undefined>,
    list: <P>(type: string, scope: string) => answer({ kind: 'list', type, scope }) as Reading<readonly Resource<P>[]>,
  };
}

export function find(resources: readonly Resource[], id: string): Resource | undefined {
  return resources.find((one) => same(one.id, id));
}

export function listed(resources: readonly Resource[], type: string, scope: string): readonly Resource[] {
  return resources.filter((one) => same(one.type, type) && keyOf(one.id).startsWith(`${keyOf(scope)}/`));
}
