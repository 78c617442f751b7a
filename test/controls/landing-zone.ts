import { flowLogs } from '../../shared/controls/flow-logs';
import type { Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import type { Verdict } from '../../shared/core/verdict';
import type { FlowLog, Lifecycle, Network, StorageAccount } from '../../shared/flow-logging/types';
import { accountWith, idIn, inventoryOf, resource, settings, stewardGroup, subscription, workspaceId } from '../given';

const region = 'westeurope';

export const groupId = idIn('rg-network', 'Microsoft.Network/networkSecurityGroups/nsg-nodes');
export const networkId = idIn('rg-network', 'Microsoft.Network/virtualNetworks/vnet-spoke');
export const subnetId = `${networkId}/subnets/snet-nodes`;
export const watcherId = idIn('NetworkWatcherRG', 'Microsoft.Network/networkWatchers/NetworkWatcher_westeurope');
export const accountId = idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stlogs');
export const logId = `${watcherId}/flowLogs/spoke-flowlog`;
export const interfaceId = idIn('rg-network', 'Microsoft.Network/networkInterfaces/nic-jumpbox');

export const resourceGroup = resource(`${subscription}/resourceGroups/rg-network`, { location: region });

export const watcher = resource(watcherId, { location: region, properties: { provisioningState: 'Succeeded' } });

export const workspace = resource(workspaceId, {
  location: region,
  properties: { customerId: '7d0f0000-0000-4000-8000-000000000001' },
});

export const network = resource(networkId, {
  location: region,
  properties: {
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] },
    subnets: [
      {
        id: subnetId,
        name: 'snet-nodes',
        properties: {
          addressPrefix: '10.20.0.0/22',
          networkSecurityGroup: { id: groupId },
          delegations: [],
          provisioningState: 'Succeeded',
        },
      },
    ],
  },
}) as Resource<Network>;

export const securityGroup = resource(groupId, {
  location: region,
  properties: { provisioningState: 'Succeeded', securityRules: [], subnets: [{ id: subnetId }] },
});

export const account = accountWith(accountId, region) as Resource<StorageAccount>;

export const log = resource(logId, {
  location: region,
  tags: { owner: 'network team' },
  properties: {
    targetResourceId: networkId,
    targetResourceGuid: '0a0a0000-0000-4000-8000-000000000002',
    storageId: accountId,
    enabled: true,
    provisioningState: 'Succeeded',
    retentionPolicy: { days: 120, enabled: true },
    format: { type: 'JSON', version: 2 },
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: {
        enabled: true,
        workspaceId: '7d0f0000-0000-4000-8000-000000000001',
        workspaceRegion: region,
        workspaceResourceId: workspaceId,
        trafficAnalyticsInterval: 60,
      },
    },
  },
}) as Resource<FlowLog>;

/** A network whose flow log is right, with all that belongs to it. */
export const zone: readonly Resource[] = [
  resource(stewardGroup, { location: region }),
  resourceGroup,
  watcher,
  workspace,
  network,
  securityGroup,
  account,
  log,
];

export function lifecycleOf(storageId: string, rules: readonly object[]): Resource<Lifecycle> {
  return resource(`${storageId}/managementPolicies/default`, {
    properties: { policy: { rules } },
  }) as Resource<Lifecycle>;
}

export function deletionRule(name: string, days: number, filters: object = { blobTypes: ['blockBlob'] }): object {
  return {
    name,
    enabled: true,
    type: 'Lifecycle',
    definition: { filters, actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } } },
  };
}

/** A flow log like the right one, on another target or under another name. */
export function logOn(target: string, name: string, properties: Partial<FlowLog> = {}): Resource<FlowLog> {
  return resource(`${watcherId}/flowLogs/${name}`, {
    location: region,
    properties: { ...log.properties, ...properties, targetResourceId: target },
  }) as Resource<FlowLog>;
}

/** The resources with some replaced (by id) or added. */
export function zoneWith(...changed: readonly Resource[]): readonly Resource[] {
  const ids = changed.map(({ id }) => id.toLowerCase());
  return [...zone.filter(({ id }) => !ids.includes(id.toLowerCase())), ...changed];
}

export function zoneWithout(...ids: readonly string[]): readonly Resource[] {
  return zone.filter(({ id }) => !ids.includes(id));
}

export const stewardAccountPrefix = `${stewardGroup}/providers/Microsoft.Storage/storageAccounts/stflow`;

/** The verdict of flow-logs in an estate of these resources. */
export const judged = (subject: Resource, resources: readonly Resource[], changed: Partial<Settings> = {}): Verdict =>
  flowLogs.evaluate(subject, inventoryOf(resources), { ...settings, ...changed });
