import type { FlowLog } from '../../shared/flow-logging/types';
import { flowLogs } from '../../shared/controls/flow-logs';
import type { Finding } from '../../shared/core/finding';
import type { Resource } from '../../shared/core/resource';
import type { Settings } from '../../shared/core/settings';
import { judge } from '../../shared/pipeline/judge';
import { having, idIn, resource, stewardGroup, subscription } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';
import {
  account,
  accountId,
  deletionRule,
  groupId,
  lifecycleOf,
  log,
  logId,
  logOn,
  networkId,
  securityGroup,
  stewardAccountPrefix,
  subnetId,
  watcherId,
  workspace,
  zone,
  zoneWith,
  zoneWithout,
} from './landing-zone';

async function judgeIn(world: MemoryWorld, id: string): Promise<Finding> {
  await judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt: world.now() });
  const finding = [...world.stored.values()].find((one) => one.resourceId.toLowerCase() === id.toLowerCase());
  if (finding === undefined) throw new Error(`nothing was judged about ${id}`);
  return finding;
}

/** Judges the network once, then again, and shows what the first time wrote. */
async function remedied(
  resources: readonly Resource[],
  changed: Partial<Settings> = {},
  id = networkId,
): Promise<{ finding: Finding; world: MemoryWorld }> {
  const world = memoryWorld(resources, changed);
  const finding = await judgeIn(world, id);
  const once = world.azure.written.length;
  world.pass(120_000);
  await judgeIn(world, id);
  expect(world.azure.written).toHaveLength(once);
  return { finding, world };
}

const writtenIds = (world: MemoryWorld): readonly string[] => world.azure.written.map(({ id }) => id);
const propertiesOf = (world: MemoryWorld, id: string): FlowLog =>
  world.azure.resources.find((one) => one.id === id)?.properties as FlowLog;
const { keep } = {
  keep: ['targetResourceId', 'storageId', 'format', 'retentionPolicy', 'flowAnalyticsConfiguration'] as const,
};

describe('a network without a flow log', () => {
  test('gets one, in an account of Steward’s own, and a second look writes nothing', async () => {
    const { finding, world } = await remedied(zoneWithout(logId));
    expect(finding.state).toBe('resolved');
    const [made, rule, created] = world.azure.written;
    expect(made).toMatchObject({
      body: {
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        location: 'westeurope',
        properties: {
          minimumTlsVersion: 'TLS1_2',
          allowBlobPublicAccess: false,
          supportsHttpsTrafficOnly: true,
          networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
        },
      },
    });
    expect(made?.id.startsWith(stewardAccountPrefix)).toBe(true);
    expect(made?.id.slice(made.id.lastIndexOf('/') + 1)).toMatch(/^[a-z0-9]{3,24}$/);
    expect(rule).toMatchObject({
      id: `${made?.id}/managementPolicies/default`,
      body: {
        properties: {
          policy: {
            rules: [
              {
                enabled: true,
                definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } } },
              },
            ],
          },
        },
      },
    });
    expect(created?.id.startsWith(`${watcherId}/flowLogs/`)).toBe(true);
    expect(created?.body).toEqual({
      location: 'westeurope',
      properties: {
        targetResourceId: networkId,
        storageId: made?.id,
        enabled: true,
        retentionPolicy: { days: 0, enabled: false },
        format: { type: 'JSON', version: 2 },
        flowAnalyticsConfiguration: {
          networkWatcherFlowAnalyticsConfiguration: {
            enabled: true,
            workspaceResourceId: workspace.id,
            workspaceRegion: 'westeurope',
            trafficAnalyticsInterval: 10,
          },
        },
      },
    });
  });

  test('gets the watcher of its region first, in Steward’s group, where there is none', async () => {
    const { finding, world } = await remedied(zoneWithout(watcherId, logId));
    expect(finding.state).toBe('resolved');
    expect(writtenIds(world)[0]).toBe(
      `${stewardGroup}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope`,
    );
    expect(writtenIds(world).filter((id) => id.includes('/flowLogs/'))).toHaveLength(1);
  });

  test('uses a watcher of any name in any group', async () => {
    const odd = resource(idIn('rg-odd', 'Microsoft.Network/networkWatchers/bystander'), {
      location: 'West Europe',
      properties: {},
    });
    const { world } = await remedied([...zoneWithout(watcherId, logId), odd]);
    expect(writtenIds(world).at(-1)).toMatch(new RegExp(`^${odd.id}/flowLogs/`));
  });

  test('uses the account that the settings name, and leaves it as it is', async () => {
    const { finding, world } = await remedied(zoneWithout(logId), { flowLogStorage: { westeurope: accountId } });
    expect(finding.state).toBe('resolved');
    expect(world.azure.written).toHaveLength(1);
    expect(world.azure.written[0]?.body.properties).toMatchObject({
      storageId: accountId,
      retentionPolicy: { days: 0, enabled: false },
    });
  });

  test('gets none when the account that the settings name is unfit, and the finding says why', async () => {
    const unfit = zoneWith({ ...account, kind: 'BlobStorage' }).filter(({ id }) => id !== logId);
    const { finding, world } = await remedied(unfit, { flowLogStorage: { westeurope: accountId } });
    expect(finding).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(/FLOW_LOG_STORAGE names stlogs for westeurope, which is of kind BlobStorage/),
    });
    expect(world.azure.written).toHaveLength(0);
  });

  test('gets one without traffic analytics when no workspace is set, and stays open with what is missing', async () => {
    const { finding, world } = await remedied(zoneWithout(logId), { workspaceId: undefined });
    expect(world.azure.written.at(-1)?.body.properties).not.toHaveProperty('flowAnalyticsConfiguration');
    expect(finding).toMatchObject({
      state: 'open',
      reason: expect.stringMatching(/traffic analytics .* is off/),
      remedy: expect.stringMatching(/TRAFFIC_ANALYTICS_WORKSPACE_ID/),
    });
  });

  test('keeps for ever without a deleting rule when the setting is 0', async () => {
    const { finding, world } = await remedied(zoneWithout(logId), { flowLogRetentionDays: 0 });
    expect(finding.state).toBe('resolved');
    expect(writtenIds(world).filter((id) => id.includes('managementPolicies'))).toHaveLength(0);
  });

  test('gets nothing without consent', async () => {
    const { finding, world } = await remedied(zoneWithout(logId), { remediate: [] });
    expect(finding.state).toBe('open');
    expect(finding.remedy).toMatch(
      /^not written: setting REMEDIATE does not name flow-logs; would create storage account .*, keep the flow logs .* for 90 days, create flow log/,
    );
    expect(world.azure.written).toHaveLength(0);
  });

  test.each([
    ['is named MC_…', 'MC_rg-aks_cluster_westeurope', undefined],
    [
      'is managed by a cluster under another name',
      'rg-nodes',
      idIn('rg-aks', 'Microsoft.ContainerService/managedClusters/aks'),
    ],
  ])('gets none when its resource group %s', async (_, group, managedBy) => {
    const id = idIn(group, 'Microsoft.Network/virtualNetworks/aks-vnet');
    const nodes = resource(id, {
      location: 'westeurope',
      properties: { subnets: [{ id: `${id}/subnets/a`, name: 'a' }] },
    });
    const nodeGroup = resource(`${subscription}/resourceGroups/${group}`, { location: 'westeurope', managedBy });
    const { finding, world } = await remedied([...zone, nodes, nodeGroup], {}, id);
    expect(finding).toMatchObject({ state: 'open', remedy: expect.stringMatching(/AKS manages/) });
    expect(world.azure.written).toHaveLength(0);
  });
});

describe('a flow log that is wrong is repaired under its own name', () => {
  const analytics = (change: object): object => ({
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: {
        ...log.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration,
        ...change,
      },
    },
  });

  test.each<[string, object, Partial<FlowLog>]>([
    ['off', { enabled: false }, { enabled: true }],
    ['failed', { provisioningState: 'Failed' }, { enabled: true }],
    ['of format version 1', { format: { type: 'JSON', version: 1 } }, { format: { type: 'JSON', version: 2 } }],
    [
      'kept for 30 days',
      { retentionPolicy: { days: 30, enabled: true } },
      { retentionPolicy: { days: 90, enabled: true } },
    ],
    [
      'on with 0 days',
      { retentionPolicy: { days: 0, enabled: true } },
      { retentionPolicy: { days: 0, enabled: false } },
    ],
    [
      'without traffic analytics',
      { flowAnalyticsConfiguration: undefined },
      {
        flowAnalyticsConfiguration: {
          networkWatcherFlowAnalyticsConfiguration: {
            enabled: true,
            workspaceResourceId: workspace.id,
            workspaceRegion: 'westeurope',
            trafficAnalyticsInterval: 10,
          },
        },
      },
    ],
    [
      'analysed every 30 minutes',
      analytics({ trafficAnalyticsInterval: 30 }),
      {
        flowAnalyticsConfiguration: {
          networkWatcherFlowAnalyticsConfiguration: {
            enabled: true,
            workspaceResourceId: workspace.id,
            workspaceRegion: 'westeurope',
            trafficAnalyticsInterval: 10,
          },
        },
      },
    ],
  ])('%s', async (_, wrong, right) => {
    const { finding, world } = await remedied(zoneWith(having(log, wrong as never)));
    expect(finding.state).toBe('resolved');
    expect(writtenIds(world)).toEqual([logId]);
    const after = propertiesOf(world, logId);
    expect(after).toMatchObject(right);
    for (const name of keep) if (!(name in wrong)) expect(after[name]).toEqual(log.properties?.[name]);
    expect(world.azure.written[0]?.body.tags).toEqual({ owner: 'network team' });
    expect(world.azure.written[0]?.body.properties).not.toHaveProperty('targetResourceGuid');
  });

  test.each<[string, object]>([
    ['a filter', { enabledFilteringCriteria: 'DstPort=443' }],
    ['a choice of record types', { recordTypes: 'B,E' }],
  ])('by taking %s away', async (_, wrong) => {
    const { finding, world } = await remedied(zoneWith(having(log, wrong as never)));
    expect(finding.state).toBe('resolved');
    for (const name of Object.keys(wrong)) expect(propertiesOf(world, logId)).not.toHaveProperty(name);
  });

  test.each<[string, readonly Resource[]]>([
    ['is Premium', zoneWith({ ...account, sku: { name: 'Premium_LRS' } })],
    ['is gone', zoneWithout(accountId)],
    ['is in another region', zoneWith({ ...account, location: 'northeurope' })],
    ['deletes too early by a rule of somebody else', zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 7)]))],
  ])('by moving it to Steward’s account when its own %s', async (_, resources) => {
    const { finding, world } = await remedied(resources);
    expect(finding.state).toBe('resolved');
    expect(propertiesOf(world, logId).storageId?.startsWith(stewardAccountPrefix)).toBe(true);
    expect(propertiesOf(world, logId).retentionPolicy).toEqual({ days: 0, enabled: false });
    expect(writtenIds(world)).not.toContain(accountId);
    expect(writtenIds(world)).not.toContain(`${accountId}/managementPolicies/default`);
  });

  test('longer than the service’s own policy reaches by keeping for ever', async () => {
    const { world } = await remedied(zone, { flowLogRetentionDays: 400 });
    expect(propertiesOf(world, logId).retentionPolicy).toEqual({ days: 0, enabled: false });
  });

  test('also when it is a subnet’s or a security group’s', async () => {
    const subnets = await remedied(zoneWith(logOn(subnetId, 'weak', { enabled: false })));
    expect(writtenIds(subnets.world)).toEqual([`${watcherId}/flowLogs/weak`]);
    const groups = await remedied([
      ...zoneWithout(logId),
      logOn(groupId, 'old', { format: { type: 'JSON', version: 1 } }),
    ]);
    expect(writtenIds(groups.world)).toEqual([`${watcherId}/flowLogs/old`]);
    expect(groups.finding.state).toBe('resolved');
  });

  test('and one that is logged twice is left to a person', async () => {
    const { finding, world } = await remedied(zoneWith(logOn(groupId, 'old')));
    expect(finding).toMatchObject({ state: 'open', severity: 'low' });
    expect(world.azure.written).toHaveLength(0);
  });
});

describe('lifecycle rules of others', () => {
  const foreign = deletionRule('backups', 400, { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] });

  test('stay beside Steward’s rule, in the account that it keeps', async () => {
    const first = await remedied(zoneWithout(logId));
    const own = first.world.azure.written[0]?.id ?? '';
    const { world } = await remedied([
      ...zoneWithout(logId),
      ...first.world.azure.resources.filter(({ id }) => id === own),
      lifecycleOf(own, [foreign]),
    ]);
    expect(world.azure.written[0]?.body.properties).toMatchObject({
      policy: { rules: [foreign, { name: 'steward-flow-logs' }] },
    });
  });

  test('are put back when switching retention on has overwritten them', async () => {
    const short = having(log, { retentionPolicy: { days: 30, enabled: true } });
    const world = memoryWorld(zoneWith(short, lifecycleOf(accountId, [foreign])));
    const plain = world.azure.land;
    world.azure.land = (action) =>
      action.id === logId
        ? [...plain(action), lifecycleOf(accountId, [deletionRule('made-by-azure', 90)])]
        : plain(action);
    const finding = await judgeIn(world, networkId);
    expect(finding.state).toBe('resolved');
    const rules = (
      world.azure.resources.find(({ id }) => id.endsWith('managementPolicies/default'))?.properties as {
        policy: { rules: { name: string }[] };
      }
    ).policy.rules;
    expect(rules.map(({ name }) => name)).toEqual(['made-by-azure', 'backups']);
  });

  test('that delete from Steward’s own account too early are for a person', async () => {
    const first = await remedied(zoneWithout(logId));
    const broken = first.world.azure.resources.filter(({ id }) => !id.endsWith('managementPolicies/default'));
    const own = first.world.azure.written[0]?.id ?? '';
    const ours = first.world.azure.written[1]?.body.properties as { policy: { rules: object[] } };
    const { finding, world } = await remedied([
      ...broken,
      lifecycleOf(own, [...ours.policy.rules, deletionRule('tidy', 7)]),
    ]);
    expect(finding).toMatchObject({
      state: 'open',
      remedy: expect.stringMatching(/its owner has to raise or remove that rule/),
    });
    expect(world.azure.written).toHaveLength(0);
  });
});

describe('a security group that is not logged', () => {
  test('wakes its network, gets the log from there, and writes nothing itself', async () => {
    const world = memoryWorld(zoneWithout(logId));
    const before = await judgeIn(world, groupId);
    expect(before).toMatchObject({ state: 'open', remedy: 'left to vnet-spoke, which is judged next' });
    expect(world.azure.written).toHaveLength(0);
    for (let next = world.take(); next.length > 0; next = world.take())
      for (const message of next) await judge(world, message);
    expect(world.azure.written.at(-1)?.body.properties).toMatchObject({ targetResourceId: networkId });
    expect([...world.stored.values()].map(({ resourceId, state }) => [resourceId, state]).toSorted()).toEqual(
      [
        [groupId, 'resolved'],
        [networkId, 'resolved'],
      ].toSorted(),
    );
  });

  test('is tried first where a cloud still allows it, and its network when Azure refuses', async () => {
    const world = memoryWorld(zoneWithout(logId), { nsgFlowLogs: 'create' });
    world.azure.refuse = ({ action }) =>
      action?.body.properties?.['targetResourceId'] === groupId ? refusal('NsgFlowLogCreationBlocked', 400) : undefined;
    const finding = await judgeIn(world, groupId);
    expect(finding.state).toBe('resolved');
    expect(world.azure.written.at(-1)?.body.properties).toMatchObject({ targetResourceId: networkId });
  });

  test('gets its own where a cloud still allows it', async () => {
    const { finding, world } = await remedied(zoneWithout(logId), { nsgFlowLogs: 'create' }, groupId);
    expect(finding.state).toBe('resolved');
    expect(world.azure.written.at(-1)?.body.properties).toMatchObject({ targetResourceId: securityGroup.id });
  });
});

test('the remedy asks for exactly the permissions that it names', async () => {
  const used = new Set<string>();
  for (const resources of [zoneWithout(watcherId, logId), zoneWith(having(log, { enabled: false }))]) {
    const { world } = await remedied(resources);
    for (const { permission } of world.azure.written) used.add(permission);
  }
  expect([...used].toSorted()).toEqual([...(flowLogs.remedy?.permissions ?? [])].toSorted());
});
