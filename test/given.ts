import type { KubernetesObject, ObjectKind } from '../shared/core/kubernetes-object';
import { keyOfQuery, type Blob, type Inventory, type Query, type Reading } from '../shared/core/inventory';
import type { Found } from '../shared/core/ports';
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
  remediateIn: { subscriptions: [], resourceGroups: [], tags: [] },
  writesAnHour: 1_000,
  driftsAnHour: 50,
  undoneADay: 3,
  flowLogRetentionDays: 90,
  flowLogStorage: {},
  flowLogSilenceMinutes: 120,
  nsgFlowLogs: 'repair',
  logRetentionDays: 90,
  canary: 'off',
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

/** A storage account that is fit for flow logs. */
export function accountWith(id: string, region: string): Resource {
  return resource(id, {
    location: region,
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    properties: {
      provisioningState: 'Succeeded',
      minimumTlsVersion: 'TLS1_2',
      allowBlobPublicAccess: false,
      supportsHttpsTrafficOnly: true,
      networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] },
    },
  });
}

type Change = Readonly<Record<string, Json | undefined>>;

/** The same resource with properties changed; `undefined` takes one away. */
export function having<P>(base: Resource<P>, properties: Change): Resource<P> {
  const merged = Object.entries({ ...(base.properties as object), ...properties }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...base, properties: Object.fromEntries(merged) as P };
}

/** A blob and the container that it lies in, as `https://stlogs.blob.core.windows.net/insights-logs`. */
export interface StoredBlob extends Blob {
  readonly container: string;
}

/** Objects of one cluster, and their kind. */
export interface StoredObjects extends ObjectKind {
  readonly cluster: string;
  readonly items: readonly KubernetesObject[];
}

/** An inventory that has read everything and found these. */
export function inventoryOf(
  resources: readonly Resource[],
  unread: Readonly<Record<string, string>> = {},
  blobs: readonly StoredBlob[] = [],
  objects: readonly StoredObjects[] = [],
): Inventory {
  const answer = (query: Query): Reading<Found> => {
    const key = keyOfQuery(query);
    const reason = Object.entries(unread).find(([name]) => same(name, key))?.[1];
    if (reason !== undefined) return { state: 'unread', reason };
    return { state: 'read', value: answered(resources, query, blobs, objects) };
  };
  return {
    now: '2026-03-01T08:00:00.000Z',
    get: <P>(id: string) => answer({ kind: 'get', id }) as Reading<Resource<P> | undefined>,
    provider: (namespace, scope) => answer({ kind: 'provider', namespace, scope }) as Reading<Resource | undefined>,
    blobs: (endpoint, container, prefix) =>
      answer({ kind: 'blobs', endpoint, container, prefix }) as Reading<readonly Blob[]>,
    objects: (cluster, { group, version, plural }) =>
      answer({ kind: 'objects', cluster, group, version, plural }) as Reading<readonly KubernetesObject[]>,
    list: <P>(type: string, scope: string) => answer({ kind: 'list', type, scope }) as Reading<readonly Resource<P>[]>,
  };
}

/** What Azure answers when it holds these. */
export function answered(
  resources: readonly Resource[],
  query: Query,
  blobs: readonly StoredBlob[] = [],
  objects: readonly StoredObjects[] = [],
): Found {
  switch (query.kind) {
    case 'objects':
      return objects
        .filter((one) => keyOfQuery({ ...one, kind: 'objects' }) === keyOfQuery(query))
        .flatMap(({ items }) => items);
    case 'blobs':
      return blobs.filter(
        ({ container, name }) => container === `${query.endpoint}${query.container}` && name.startsWith(query.prefix),
      );
    case 'get':
      return resources.find((one) => same(one.id, query.id));
    case 'provider':
      return resources.find((one) => same(one.id, `${query.scope}/providers/${query.namespace}`));
    case 'list':
      if (same(query.type, 'Microsoft.Resources/subscriptions'))
        return resources.filter((one) => same(one.id, query.scope));
      // Azure lists a subscription's assignments with those of the management groups above it.
      if (same(query.type, 'Microsoft.Authorization/policyAssignments'))
        return resources.filter((one) => same(one.type, query.type));
      return resources.filter(
        (one) => same(one.type, query.type) && keyOf(one.id).startsWith(`${keyOf(query.scope)}/`),
      );
  }
}
