import { flowLogs } from '../../shared/controls/flow-logs';
import type { FlowLog, Network } from '../../shared/flow-logging/types';
import type { Resource } from '../../shared/core/resource';
import { reasonOf, worstOf } from '../../shared/core/verdict';
import { having, idIn, inventoryOf, settings, subscription } from '../given';
import {
  account,
  accountId,
  deletionRule,
  groupId,
  interfaceId,
  judged,
  lifecycleOf,
  log,
  logId,
  logOn,
  network,
  networkId,
  subnetId,
  watcherId,
  zone,
  zoneWith,
  zoneWithout,
} from './landing-zone';

const withSubnets = (...subnets: readonly object[]): Resource<Network> =>
  having(network, { subnets: subnets as never });
const subnet = (name: string, properties: object = {}): object => ({
  id: `${networkId}/subnets/${name}`,
  name,
  properties,
});
const analytics = (change: object): Partial<FlowLog> => ({
  flowAnalyticsConfiguration: {
    networkWatcherFlowAnalyticsConfiguration: {
      ...log.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration,
      ...change,
    },
  },
});

const occupied = withSubnets(
  subnet('snet-nodes', {
    ipConfigurations: [{ id: `${interfaceId}/ipConfigurations/one` }],
    networkSecurityGroup: { id: groupId },
  }),
);

describe('a network is compliant', () => {
  test.each<[string, readonly Resource[], Resource]>([
    ['when its own flow log is right', zone, network],
    [
      'when ids and regions are spelled in another case',
      zoneWith(having(log, { targetResourceId: networkId.toUpperCase() })),
      { ...network, location: 'West Europe' },
    ],
    ['when each subnet has a right log of its own', zoneWith(logOn(subnetId, 'spoke-flowlog')), network],
    ['when the legacy log of its security group is right', zoneWith(logOn(groupId, 'spoke-flowlog')), network],
    ['when every address in use is logged on its interface', zoneWith(logOn(interfaceId, 'spoke-flowlog')), occupied],
    [
      'when the log of its security group is off and its own is right',
      zoneWith(logOn(groupId, 'old', { enabled: false })),
      network,
    ],
    ['when it has no subnet yet and its log is right', zone, withSubnets()],
    ['when nothing deletes its logs', zoneWith(having(log, { retentionPolicy: { days: 0, enabled: false } })), network],
    ['when its log has no retention policy', zoneWith(having(log, { retentionPolicy: undefined })), network],
    ['when record types name all four', zoneWith(having(log, { recordTypes: 'b, c, e, d' })), network],
    [
      'when a lifecycle rule deletes late enough',
      zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 90)])),
      network,
    ],
    [
      'when a short lifecycle rule is switched off',
      zoneWith(lifecycleOf(accountId, [{ ...deletionRule('tidy', 7), enabled: false }])),
      network,
    ],
    [
      'when a short lifecycle rule is for append blobs',
      zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 7, { blobTypes: ['appendBlob'] })])),
      network,
    ],
    [
      'when a short lifecycle rule is for another container',
      zoneWith(
        lifecycleOf(accountId, [deletionRule('tidy', 7, { blobTypes: ['blockBlob'], prefixMatch: ['backups/'] })]),
      ),
      network,
    ],
    [
      'when the account is open to all networks',
      zoneWith(having(account, { networkAcls: { defaultAction: 'Allow', bypass: 'None' } })),
      network,
    ],
    [
      'when traffic analytics names the workspace by GUID alone',
      zoneWith(having(log, analytics({ workspaceResourceId: '' }) as never)),
      network,
    ],
    [
      'when traffic analytics has no interval, which is 60',
      zoneWith(having(log, analytics({ trafficAnalyticsInterval: undefined }) as never)),
      network,
    ],
  ])('%s', (_, resources, subject) => {
    expect(judged(subject, resources)).toMatchObject({ state: 'compliant' });
  });
});

describe('a network is a violation', () => {
  test.each<[string, readonly Resource[], RegExp, string]>([
    ['whose region has no Network Watcher', zoneWithout(watcherId, logId), /no Network Watcher/, 'high'],
    ['that no flow log covers', zoneWithout(logId), /no flow log covers subnet snet-nodes/, 'high'],
    [
      'whose only flow log is on another network',
      zoneWith(having(log, { targetResourceId: `${networkId}-2` })),
      /no flow log covers/,
      'high',
    ],
    ['whose flow log is off', zoneWith(having(log, { enabled: false })), /switched off/, 'high'],
    [
      'whose flow log does not say that it is on',
      zoneWith(having(log, { enabled: undefined })),
      /switched off/,
      'high',
    ],
    [
      'whose flow log failed',
      zoneWith(having(log, { provisioningState: 'Failed' })),
      /provisioning state .* is Failed/,
      'high',
    ],
    [
      'whose flow log has format version 1',
      zoneWith(having(log, { format: { type: 'JSON', version: 1 } })),
      /not JSON version 2/,
      'medium',
    ],
    ['whose flow log has no format', zoneWith(having(log, { format: undefined })), /not JSON version 2/, 'medium'],
    [
      'whose flow log filters flows',
      zoneWith(having(log, { enabledFilteringCriteria: 'DstPort=443' })),
      /only flows that match "DstPort=443"/,
      'high',
    ],
    [
      'whose flow log drops record types',
      zoneWith(having(log, { recordTypes: 'B,E' })),
      /drops record types C, D/,
      'high',
    ],
    [
      'whose flow log names no account',
      zoneWith(having(log, { storageId: undefined })),
      /names no storage account/,
      'high',
    ],
    ['whose storage account is gone', zoneWithout(accountId), /stlogs of flow log .* does not exist/, 'high'],
    [
      'whose storage account is of the first kind',
      zoneWith({ ...account, kind: 'Storage' }),
      /kind Storage, not StorageV2/,
      'high',
    ],
    [
      'whose storage account is Premium',
      zoneWith({ ...account, sku: { name: 'Premium_LRS', tier: 'Premium' } }),
      /is Premium, not Standard/,
      'high',
    ],
    [
      'whose storage account shows its tier in its name alone',
      zoneWith({ ...account, sku: { name: 'Premium_ZRS' } }),
      /is Premium, not Standard/,
      'high',
    ],
    [
      'whose storage account is in another region',
      zoneWith({ ...account, location: 'northeurope' }),
      /is in northeurope, not in westeurope/,
      'high',
    ],
    [
      'whose storage account shuts Azure out',
      zoneWith(having(account, { networkAcls: { defaultAction: 'Deny', bypass: 'None' } })),
      /shuts trusted Azure services out/,
      'high',
    ],
    [
      'whose log is kept too short',
      zoneWith(having(log, { retentionPolicy: { days: 89, enabled: true } })),
      /for 90 days, but its retention policy deletes after 89/,
      'medium',
    ],
    [
      'whose retention is on with 0 days',
      zoneWith(having(log, { retentionPolicy: { days: 0, enabled: true } })),
      /switched on with 0 days/,
      'low',
    ],
    [
      'whose account deletes everything too early',
      zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 30)])),
      /lifecycle rule "tidy" .* after 30 days/,
      'medium',
    ],
    [
      'whose account deletes flow logs too early',
      zoneWith(
        lifecycleOf(accountId, [
          deletionRule('tidy', 30, {
            blobTypes: ['blockBlob'],
            prefixMatch: ['insights-logs-flowlogflowevent/flowLogResourceID=/'],
          }),
        ]),
      ),
      /after 30 days/,
      'medium',
    ],
    [
      'whose account deletes by creation date',
      zoneWith(
        lifecycleOf(accountId, [
          {
            ...deletionRule('tidy', 30),
            definition: { actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: 10 } } } },
          },
        ]),
      ),
      /after 10 days/,
      'medium',
    ],
    [
      'whose traffic analytics is off',
      zoneWith(having(log, analytics({ enabled: false }) as never)),
      /traffic analytics .* is off/,
      'medium',
    ],
    [
      'whose log has no traffic analytics',
      zoneWith(having(log, { flowAnalyticsConfiguration: undefined })),
      /traffic analytics .* is off/,
      'medium',
    ],
    [
      'whose traffic analytics names no workspace',
      zoneWith(having(log, analytics({ workspaceResourceId: '', workspaceId: '' }) as never)),
      /names no workspace/,
      'medium',
    ],
    [
      'whose workspace is gone',
      zoneWith(
        having(
          log,
          analytics({ workspaceResourceId: idIn('rg-x', 'Microsoft.OperationalInsights/workspaces/gone') }) as never,
        ),
      ),
      /workspace gone, which does not exist/,
      'medium',
    ],
    [
      'whose traffic analytics runs every 30 minutes',
      zoneWith(having(log, analytics({ trafficAnalyticsInterval: 30 }) as never)),
      /every 30 minutes/,
      'low',
    ],
    [
      'that is logged twice, by itself and by its security group',
      zoneWith(logOn(groupId, 'old')),
      /flow log old of nsg-nodes logs the same traffic again, which costs twice/,
      'low',
    ],
    [
      'that has two flow logs',
      zoneWith(logOn(networkId, 'second')),
      /flow log second of vnet-spoke logs the same traffic again/,
      'low',
    ],
    [
      'with a subnet whose own log is weaker',
      zoneWith(logOn(subnetId, 'weak', { retentionPolicy: { days: 7, enabled: true } })),
      /weak .* after 7 days/,
      'medium',
    ],
    [
      'with a subnet whose own log is off',
      zoneWith(logOn(subnetId, 'weak', { enabled: false })),
      /weak is switched off/,
      'high',
    ],
  ])('%s', (_, resources, reason, severity) => {
    const verdict = judged(network, resources);
    expect(reasonOf(verdict)).toMatch(reason);
    expect(verdict.state === 'violation' && worstOf(verdict.problems)).toBe(severity);
  });

  test('with an interface whose own log is weaker', () => {
    const verdict = judged(occupied, zoneWith(occupied, logOn(interfaceId, 'weak', { enabled: false })));
    expect(verdict).toMatchObject({
      state: 'violation',
      problems: [{ reason: 'flow log weak is switched off', severity: 'high' }],
    });
  });

  test('with one subnet of two that no log covers', () => {
    const two = withSubnets(subnet('snet-a'), subnet('snet-b'));
    const verdict = judged(two, zoneWith(two, logOn(`${networkId}/subnets/snet-a`, 'spoke-flowlog')));
    expect(reasonOf(verdict)).toBe('no flow log covers subnet snet-b');
  });

  test('without a subnet and without a log: its first subnet would not be logged', () => {
    expect(judged(withSubnets(), zoneWithout(logId))).toMatchObject({ state: 'violation' });
  });

  test('when 90 days are kept and for ever is wanted', () => {
    expect(reasonOf(judged(network, zone, { flowLogRetentionDays: 0 }))).toMatch(
      /for ever, but its retention policy deletes after 120/,
    );
  });
});

describe('a network is not applicable', () => {
  test('when all its subnets belong to services that flow logs do not see', () => {
    const delegated = withSubnets(
      subnet('snet-aci', {
        delegations: [{ properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }],
      }),
    );
    const verdict = judged(delegated, zoneWithout(logId));
    expect(verdict).toEqual({
      state: 'notApplicable',
      reason: 'snet-aci belongs to Container Instances, whose traffic flow logs do not see',
    });
  });

  test('but a subnet beside them is judged', () => {
    const mixed = withSubnets(
      subnet('snet-aci', {
        delegations: [{ properties: { serviceName: 'microsoft.containerinstance/CONTAINERGROUPS' } }],
      }),
      subnet('snet-nodes'),
    );
    expect(reasonOf(judged(mixed, zoneWithout(logId)))).toBe('no flow log covers subnet snet-nodes');
  });
});

describe('a network is unknown', () => {
  const watchers = `${subscription}|Microsoft.Network/networkWatchers`;
  const logs = `${watcherId}|Microsoft.Network/networkWatchers/flowLogs`;
  test.each<[string, Readonly<Record<string, string>>]>([
    ['when watchers cannot be listed', { [watchers]: 'AuthorizationFailed' }],
    ['when flow logs cannot be listed', { [logs]: 'AuthorizationFailed' }],
    ['when the storage account cannot be read', { [accountId]: 'AuthorizationFailed' }],
    ['when lifecycle rules cannot be read', { [`${accountId}/managementPolicies/default`]: 'AuthorizationFailed' }],
    [
      'when the workspace cannot be read',
      {
        [log.properties?.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration?.workspaceResourceId ??
        '']: 'AuthorizationFailed',
      },
    ],
  ])('%s', (_, unread) => {
    const verdict = flowLogs.evaluate(network, inventoryOf(zone, unread), settings);
    expect(verdict.state).toBe('unknown');
    expect(reasonOf(verdict)).toMatch(/AuthorizationFailed/);
  });

  test('while its flow log is being written', () => {
    expect(judged(network, zoneWith(having(log, { provisioningState: 'Updating' })))).toMatchObject({
      state: 'unknown',
    });
  });

  test('when the workspace is named by a GUID that the subscription does not have', () => {
    const foreign = analytics({ workspaceResourceId: '', workspaceId: '99990000-0000-4000-8000-000000000009' });
    expect(judged(network, zoneWith(having(log, foreign as never)))).toMatchObject({ state: 'unknown' });
  });

  test('but a violation beside it is a violation', () => {
    const off = zoneWith(having(log, { enabled: false }));
    const verdict = flowLogs.evaluate(network, inventoryOf(off, { [accountId]: 'AuthorizationFailed' }), settings);
    expect(reasonOf(verdict)).toBe('flow log spoke-flowlog is switched off');
  });
});
