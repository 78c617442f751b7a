import type { FlowLog, Subnet } from '../../shared/flow-logging/types';
import { nameOf, type Resource } from '../../shared/core/resource';
import { accountWith, idIn, resource, stewardGroup, subscription, workspaceId } from '../given';
import { lifecycle, lifecycleId, ruleOf } from './azure';
import { chance, type Chance } from './chance';

export const regions = ['westeurope', 'northeurope'] as const;
export const managedGroup = 'MC_rg-aks_aks_westeurope';

export function networkIdOf(name: string, group = 'rg-network'): string {
  return idIn(group, `Microsoft.Network/virtualNetworks/${name}`);
}

export function groupIdOf(name: string): string {
  return idIn('rg-network', `Microsoft.Network/networkSecurityGroups/${name}`);
}

export function watcherIdOf(region: string): string {
  return idIn('NetworkWatcherRG', `Microsoft.Network/networkWatchers/NetworkWatcher_${region}`);
}

/** The account of the people who own the networks. */
export function accountIdOf(region: string): string {
  return idIn('rg-logs', `Microsoft.Storage/storageAccounts/stlogs${region}`);
}

export function subnetOf(networkId: string, name: string, groupId?: string): Subnet {
  return {
    id: `${networkId}/subnets/${name}`,
    name,
    properties: { delegations: [], ...(groupId !== undefined && { networkSecurityGroup: { id: groupId } }) },
  };
}

export function networkWith(id: string, region: string, subnets: readonly Subnet[], state = 'Succeeded'): Resource {
  return resource(id, { location: region, properties: { provisioningState: state, subnets } });
}

export function groupWith(id: string, region: string): Resource {
  return resource(id, { location: region, properties: { provisioningState: 'Succeeded', securityRules: [] } });
}

export function logWith(
  watcherId: string,
  target: string,
  region: string,
  changed: Partial<FlowLog> = {},
): Resource<FlowLog> {
  return resource(`${watcherId}/flowLogs/owner-${nameOf(target)}`, {
    location: region,
    tags: { owner: 'network team' },
    properties: { ...rightLog(target, region), ...changed },
  }) as Resource<FlowLog>;
}

export function rightLog(target: string, region: string): FlowLog {
  return {
    targetResourceId: target,
    storageId: accountIdOf(region),
    enabled: true,
    provisioningState: 'Succeeded',
    retentionPolicy: { days: 120, enabled: true },
    format: { type: 'JSON', version: 2 },
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: {
        enabled: true,
        workspaceRegion: 'westeurope',
        workspaceResourceId: workspaceId,
        trafficAnalyticsInterval: 60,
      },
    },
  };
}

/** Ways in which a flow log is not right, and some in which it is. */
export const qualities: readonly Partial<FlowLog>[] = [
  {},
  {},
  { retentionPolicy: { days: 0, enabled: false } },
  { retentionPolicy: { days: 0, enabled: true } },
  { retentionPolicy: { days: 30, enabled: true } },
  { enabled: false },
  { format: { type: 'JSON', version: 1 } },
  { enabledFilteringCriteria: 'DstPort=443' },
  { recordTypes: 'B,E' },
  { flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: false } } },
];

export const delegated = [{ properties: { serviceName: 'Microsoft.Web/serverFarms' } }];

/** Rules of others: a harmless one, one that deletes flow logs too early, one that is long enough. */
export const foreignRules = [
  ruleOf('backups', 7, ['backups/']),
  ruleOf('cleanup', 30, ['insights-logs-flowlogflowevent/']),
  ruleOf('archive', 400, []),
] as const;

/** What is there before the story begins. */
export function estateOf(seed: number): readonly Resource[] {
  const dice = chance(seed ^ 0x5eed);
  const used = regions.slice(0, dice.holds(0.3) ? 2 : 1);
  return [
    resource(stewardGroup, { location: 'westeurope' }),
    resource(`${subscription}/resourceGroups/rg-network`, { location: 'westeurope' }),
    resource(`${subscription}/resourceGroups/${managedGroup}`, {
      location: 'westeurope',
      managedBy: idIn('rg-aks', 'Microsoft.ContainerService/managedClusters/aks'),
    }),
    resource(workspaceId, {
      location: 'westeurope',
      properties: { customerId: '7d0f0000-0000-4000-8000-000000000001' },
    }),
    ...used.flatMap((region) => regionWith(dice, region)),
  ];
}

function regionWith(dice: Chance, region: string): readonly Resource[] {
  const groups = Array.from({ length: dice.between(0, 2) }, (_, index) => groupIdOf(`nsg-${region}-${index}`));
  const networks = Array.from({ length: dice.between(1, 3) }, (_, index) =>
    networkIdOf(`vnet-${region}-${index}`, dice.holds(0.1) ? managedGroup : 'rg-network'),
  );
  const account = accountIdOf(region);
  const watcher = watcherIdOf(region);
  const rules = dice.holds(0.6) ? [dice.pick(foreignRules)] : [];
  const hasWatcher = dice.holds(0.8);
  const targets = hasWatcher
    ? [...networks.filter(() => dice.holds(0.5)), ...groups.filter(() => dice.holds(0.2))]
    : [];
  return [
    ...groups.map((id) => groupWith(id, region)),
    ...networks.map((id) => networkWith(id, region, someSubnets(dice, id, groups))),
    accountWith(account, region),
    ...(rules.length > 0 ? [lifecycle(lifecycleId(account), rules)] : []),
    ...(hasWatcher ? [resource(watcher, { location: region, properties: { provisioningState: 'Succeeded' } })] : []),
    ...targets.map((target) => logWith(watcher, target, region, dice.pick(qualities))),
  ];
}

function someSubnets(dice: Chance, networkId: string, groups: readonly string[]): readonly Subnet[] {
  return Array.from({ length: dice.between(0, 2) }, (_, index) =>
    subnetOf(networkId, `snet-${index}`, groups.length > 0 && dice.holds(0.6) ? dice.pick(groups) : undefined),
  );
}
