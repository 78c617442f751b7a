import { assignedPolicies } from '../../shared/controls/assigned-policies';
import { flowLogs } from '../../shared/controls/flow-logs';
import { liveFlowLogs } from '../../shared/controls/live-flow-logs';
import type { Control } from '../../shared/core/control';
import type { Permission } from '../../shared/core/permissions';
import { keyOf, same, type Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import type { Surroundings } from '../../shared/core/surroundings';
import { streamOf, tables } from '../../shared/core/tables';
import type { Check, Examination } from '../../shared/doctor/check';
import { idIn, inventoryOf, resource, settings, stewardGroup, subscription, workspaceId } from '../given';
import { ingestionGiven, surroundingsGiven } from '../surroundings-given';

/** A deployment in which nothing is wrong, resource by resource. */

export const networkId = idIn('rg-net', 'Microsoft.Network/virtualNetworks/vnet-one');
export const watcherId = idIn('NetworkWatcherRG', 'Microsoft.Network/networkWatchers/NetworkWatcher_westeurope');
export const logId = `${watcherId}/flowLogs/log-one`;
export const ruleId = `${stewardGroup}/providers/Microsoft.Insights/dataCollectionRules/dcr-steward`;
export const topicId = `${stewardGroup}/providers/Microsoft.EventGrid/systemTopics/evgt-steward`;
export const eventSubscriptionId = `${topicId}/eventSubscriptions/evgs-steward`;
export const functionId = `${stewardGroup}/providers/Microsoft.Web/sites/func-steward/functions/resource-changed`;
export const onboardingId = `${workspaceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`;

export const network = resource(networkId, { location: 'westeurope', properties: { subnets: [] } });
export const watcher = resource(watcherId, { location: 'westeurope', properties: {} });
export const group = resource(stewardGroup, { location: 'westeurope', properties: {} });

/** Controls of which these tests know what they need, whatever the catalogue grows to. */
export const controls: readonly Control[] = [flowLogs, liveFlowLogs, assignedPolicies];

export const operations = [
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/networkSecurityGroups/write',
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.Network/applicationGateways/write',
  'Microsoft.KeyVault/vaults/write',
  'Microsoft.Storage/storageAccounts/write',
  'Microsoft.Storage/storageAccounts/delete',
  'Microsoft.Storage/storageAccounts/managementPolicies/write',
  'Microsoft.Storage/storageAccounts/managementPolicies/delete',
  'Microsoft.ContainerRegistry/registries/write',
  'Microsoft.Compute/disks/write',
  'Microsoft.Network/networkWatchers/write',
  'Microsoft.Network/networkWatchers/delete',
  'Microsoft.Network/networkWatchers/flowLogs/write',
  'Microsoft.Network/networkWatchers/flowLogs/delete',
];

export const topic = resource(topicId, {
  location: 'global',
  properties: {
    source: subscription,
    topicType: 'Microsoft.Resources.Subscriptions',
    provisioningState: 'Succeeded',
  },
});

export const eventSubscription = resource(eventSubscriptionId, {
  properties: {
    provisioningState: 'Succeeded',
    destination: { endpointType: 'AzureFunction', properties: { resourceId: functionId } },
    filter: {
      includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
      advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values: operations }],
    },
  },
});

export const rule = resource(ruleId, {
  location: 'westeurope',
  kind: 'Direct',
  properties: {
    immutableId: ingestionGiven.ruleId,
    provisioningState: 'Succeeded',
    endpoints: { logsIngestion: ingestionGiven.endpoint },
    streamDeclarations: Object.fromEntries(
      tables.map((table) => [
        streamOf(table),
        { columns: Object.entries(table.columns).map(([name, type]) => ({ name, type })) },
      ]),
    ),
    destinations: { logAnalytics: [{ name: 'sentinel', workspaceResourceId: workspaceId }] },
    dataFlows: tables.map((table) => ({
      streams: [streamOf(table)],
      outputStream: streamOf(table),
      destinations: ['sentinel'],
    })),
  },
});

export const workspace = resource(workspaceId, {
  location: 'westeurope',
  properties: { provisioningState: 'Succeeded', customerId: '99999999-0000-4000-8000-000000000000' },
});

export const tableIds = tables.map(({ name }) => `${workspaceId}/tables/${name}`);

const findingTables = tables.map((table) =>
  resource(`${workspaceId}/tables/${table.name}`, {
    properties: {
      plan: 'Analytics',
      retentionInDays: 90,
      totalRetentionInDays: 180,
      schema: {
        columns: Object.entries(table.columns).map(([name, type]) => ({
          name,
          type: type === 'datetime' ? 'dateTime' : type,
        })),
      },
    },
  }),
);

const namespaces = [
  'Microsoft.App',
  'Microsoft.Compute',
  'Microsoft.ContainerRegistry',
  'Microsoft.ContainerService',
  'Microsoft.EventGrid',
  'Microsoft.Insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.PolicyInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
];

/** A provider as Azure lists it, which has neither a name nor a type. */
export function provider(namespace: string, registrationState = 'Registered'): Resource {
  const id = `${subscription}/providers/${namespace}`;
  return { id, name: namespace, type: 'Microsoft.Resources/providers', namespace, registrationState } as Resource;
}

export const healthy: readonly Resource[] = [
  ...[network, watcher, group, topic, eventSubscription, rule, workspace],
  ...findingTables,
  resource(onboardingId, { properties: {} }),
  ...namespaces.map((namespace) => provider(namespace)),
];

export function without(...ids: readonly string[]): readonly Resource[] {
  return healthy.filter(({ id }) => !ids.some((one) => same(one, id)));
}

/** The healthy deployment with a resource instead of the one of its id, or added. */
export function including(...changed: readonly Resource[]): readonly Resource[] {
  return [...without(...changed.map(({ id }) => id)), ...changed];
}

export const everything: Permission = { actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] };

/** The same as Azure lists it at each scope of the deployment, for a world in memory. */
export const allGranted: readonly Resource[] = [
  subscription,
  `${subscription}/resourceGroups/NetworkWatcherRG`,
  stewardGroup,
  workspaceId,
  ruleId,
].map((scope) => ({ ...resource(`${scope}/providers/Microsoft.Authorization/permissions/all`, {}), ...everything }));

export interface Given {
  readonly resources?: readonly Resource[];
  readonly unread?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
  readonly controls?: readonly Control[];
  readonly surroundings?: Partial<Surroundings>;
  /** What is granted at a scope and what is inherited there. */
  readonly permissions?: (scope: string) => readonly Permission[];
  readonly now?: string;
}

/** Has one thing looked at in what was read. */
export function examine(examination: Examination, given: Given = {}): readonly Check[] {
  const { resources = healthy, unread = {}, permissions = () => [everything], now } = given;
  const inventory = inventoryOf(resources, unread);
  const list: typeof inventory.list = (type, scope) =>
    same(type, 'Microsoft.Authorization/permissions') && unread[keyOf(`${scope}|${type}`)] === undefined
      ? { state: 'read', value: permissions(scope) as never }
      : inventory.list(type, scope);
  return examination(
    { ...inventory, list, now: now ?? inventory.now },
    {
      settings: { ...settings, ...given.settings },
      controls: given.controls ?? controls,
      surroundings: surroundingsGiven(given.surroundings),
    },
  );
}

/** The key by which a list is unread. */
export function listOf(type: string, scope: string = subscription): string {
  return keyOf(`${scope}|${type}`);
}
