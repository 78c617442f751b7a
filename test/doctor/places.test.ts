import { providers } from '../../shared/doctor/providers';
import { flowLogStorage } from '../../shared/doctor/flow-log-storage';
import { locks } from '../../shared/doctor/locks';
import { runtime, securityGroupLogs } from '../../shared/doctor/runtime';
import { networkWatchers } from '../../shared/doctor/watchers';
import { accountWith, having, idIn, resource, stewardGroup, subscription, subscriptionId } from '../given';
import { examine, including, listOf, logId, network, networkId, provider, watcherId, without } from './given';

describe('providers', () => {
  const providerIds = (namespace: string): string => `${subscription}/providers/${namespace}`;

  test('that are all registered are right', () => {
    expect(examine(providers)).toMatchObject([{ state: 'ok', about: subscription, todo: '' }]);
  });

  test('that are not are named with their states, why they are needed, and how to register them', () => {
    const resources = including(
      provider('Microsoft.Insights', 'NotRegistered'),
      provider('Microsoft.KeyVault', 'Registering'),
    );
    const [check] = examine(providers, { resources });
    expect(check).toMatchObject({ state: 'wrong' });
    expect(check?.found).toBe(
      'Microsoft.Insights is NotRegistered (Azure refuses flow logs without it, and the activity log is compared with the events); Microsoft.KeyVault is Registering (its resources are judged)',
    );
    expect(check?.todo).toContain(
      `az provider register --namespace Microsoft.Insights --subscription ${subscriptionId}`,
    );
  });

  test('that Azure does not list are not registered', () => {
    const [check] = examine(providers, { resources: without(providerIds('Microsoft.EventGrid')) });
    expect(check).toMatchObject({ state: 'wrong', found: expect.stringContaining('Microsoft.EventGrid is not known') });
  });

  test('of the app itself are only needed where the app is', () => {
    const resources = without(providerIds('Microsoft.Web'), providerIds('Microsoft.App'));
    expect(examine(providers, { resources })).toMatchObject([{ state: 'wrong' }]);
    const other = '/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups/rg-steward';
    expect(examine(providers, { resources, settings: { resourceGroupId: other } })).toMatchObject([{ state: 'ok' }]);
  });

  test('that cannot be listed are unknown', () => {
    const unread = { [listOf('Microsoft.Resources/providers')]: 'AuthorizationFailed (403)' };
    expect(examine(providers, { unread })).toMatchObject([{ state: 'unknown', found: 'AuthorizationFailed (403)' }]);
  });
});

describe('a Network Watcher', () => {
  test('in each region with networks is right, whatever its name and case', () => {
    const resources = including({ ...network, location: 'West Europe' });
    expect(examine(networkWatchers, { resources })).toMatchObject([{ state: 'ok' }]);
  });

  test('is not needed where there is no network', () => {
    expect(examine(networkWatchers, { resources: without(networkId, watcherId) })).toMatchObject([{ state: 'ok' }]);
  });

  test('that is missing may be made by the control that is allowed to', () => {
    const [check] = examine(networkWatchers, { resources: without(watcherId) });
    expect(check).toMatchObject({ state: 'ok', found: expect.stringContaining('flow-logs makes one') });
  });

  test('that is missing is wrong where nothing may make it', () => {
    const [check] = examine(networkWatchers, { resources: without(watcherId), settings: { remediate: [] } });
    expect(check).toMatchObject({ state: 'wrong', found: 'no Network Watcher in westeurope' });
    expect(check?.todo).toContain('az network watcher configure --enabled true --locations westeurope');
  });

  test('that is missing is wrong where a filter leaves the subscription out', () => {
    const remediateIn = { subscriptions: ['99999999-2222-4333-8444-555555555555'], resourceGroups: [], tags: [] };
    expect(examine(networkWatchers, { resources: without(watcherId), settings: { remediateIn } })).toMatchObject([
      { state: 'wrong' },
    ]);
  });

  test('that is missing is wrong where the group to make it in is missing, too', () => {
    const [check] = examine(networkWatchers, { resources: without(watcherId, stewardGroup) });
    expect(check).toMatchObject({ state: 'wrong', found: expect.stringContaining('does not exist') });
  });

  test.each(['Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkWatchers'])(
    'is unknown where %s cannot be listed',
    (type) => {
      expect(examine(networkWatchers, { unread: { [listOf(type)]: 'no' } })).toMatchObject([{ state: 'unknown' }]);
    },
  );
});

describe('the storage account of flow logs', () => {
  const namedId = idIn('rg-logs', 'Microsoft.Storage/storageAccounts/stlogs');
  const ownId = `${stewardGroup}/providers/Microsoft.Storage/storageAccounts/stflow0123456789abc`;
  const named = { flowLogStorage: { westeurope: namedId } };
  const fit = accountWith(namedId, 'westeurope');

  test('that is fit is right, be it named or Steward’s own', () => {
    const resources = including(fit, accountWith(ownId, 'northeurope'));
    expect(examine(flowLogStorage, { resources, settings: named })).toMatchObject([
      { state: 'ok', about: namedId },
      { state: 'ok', about: ownId },
    ]);
  });

  test('does not apply before there is one', () => {
    expect(examine(flowLogStorage)).toMatchObject([{ state: 'notApplicable' }]);
  });

  test.each([
    ['another kind', { ...fit, kind: 'BlobStorage' }, 'it is of kind BlobStorage, not StorageV2'],
    ['another region', { ...fit, location: 'northeurope' }, 'it is in northeurope, not in westeurope'],
    ['another tier', { ...fit, sku: { name: 'Premium_LRS', tier: 'Premium' } }, 'it is Premium, not Standard'],
    [
      'a closed firewall',
      having(fit, { networkAcls: { defaultAction: 'Deny', bypass: 'Logging' } }),
      'it has a firewall that shuts trusted Azure services out',
    ],
  ])('of %s is wrong', (_, account, found) => {
    const [check] = examine(flowLogStorage, { resources: including(account), settings: named });
    expect(check).toMatchObject({ state: 'wrong', about: namedId, found });
    expect(check?.todo).toContain('FLOW_LOG_STORAGE');
  });

  test('that is named and not there is wrong', () => {
    expect(examine(flowLogStorage, { settings: named })).toMatchObject([
      { state: 'wrong', found: 'it does not exist' },
    ]);
  });

  const lifecycle = (days: number, prefix = 'insights-logs-flowlogflowevent/'): object =>
    resource(`${namedId}/managementPolicies/default`, {
      properties: {
        policy: {
          rules: [
            {
              name: 'tidy',
              enabled: true,
              type: 'Lifecycle',
              definition: {
                filters: { blobTypes: ['blockBlob'], prefixMatch: [prefix] },
                actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: days } } },
              },
            },
          ],
        },
      },
    });

  test.each([
    [90, 'ok'],
    [89, 'wrong'],
  ])('whose rule deletes flow logs after %s days when 90 are wanted is %s', (days, state) => {
    const resources = including(fit, lifecycle(days) as typeof fit);
    expect(examine(flowLogStorage, { resources, settings: named })).toMatchObject([{ state }]);
  });

  test('whose rule deletes at all is wrong where flow logs are kept for ever', () => {
    const resources = including(fit, lifecycle(9_000) as typeof fit);
    const [check] = examine(flowLogStorage, { resources, settings: { ...named, flowLogRetentionDays: 0 } });
    expect(check?.found).toBe(
      'lifecycle rule "tidy" of stlogs deletes after 9000 days; flow logs are to be kept for ever',
    );
  });

  test('whose rule deletes something else is right', () => {
    const resources = including(fit, lifecycle(1, 'backups/') as typeof fit);
    expect(examine(flowLogStorage, { resources, settings: named })).toMatchObject([{ state: 'ok' }]);
  });

  test.each([
    [namedId],
    [`${namedId}/managementPolicies/default`],
    [listOf('Microsoft.Storage/storageAccounts', stewardGroup)],
  ])('is unknown where %s cannot be read', (key) => {
    const checks = examine(flowLogStorage, { resources: including(fit), settings: named, unread: { [key]: 'no' } });
    expect(checks.map(({ state }) => state)).toContain('unknown');
  });
});

describe('a lock', () => {
  const lockOn = (scope: string, level: string) =>
    resource(`${scope}/providers/Microsoft.Authorization/locks/keep`, { properties: { level } });

  test.each([networkId, watcherId, idIn('NetworkWatcherRG', '').split('/providers/')[0]!, stewardGroup])(
    'that lets nobody write %s is wrong',
    (scope) => {
      const [check] = examine(locks, { resources: including(lockOn(scope, 'ReadOnly')) });
      expect(check).toMatchObject({ state: 'wrong', found: `lock keep on ${scope} is ReadOnly` });
    },
  );

  test('that only keeps from deletion, or is on something else, is right', () => {
    const elsewhere = idIn('rg-other', 'Microsoft.Storage/storageAccounts/stother');
    const resources = including(lockOn(networkId, 'CanNotDelete'), lockOn(elsewhere, 'ReadOnly'));
    expect(examine(locks, { resources })).toMatchObject([{ state: 'ok' }]);
  });

  test('does not matter where nothing is written', () => {
    const resources = including(lockOn(networkId, 'ReadOnly'));
    expect(examine(locks, { resources, settings: { remediate: [] } })).toMatchObject([{ state: 'notApplicable' }]);
  });

  test('that cannot be listed is unknown', () => {
    const unread = { [listOf('Microsoft.Authorization/locks')]: 'no' };
    expect(examine(locks, { unread })).toMatchObject([{ state: 'unknown', found: 'no' }]);
  });
});

describe('the runtime', () => {
  test.each<[string, string, string, boolean]>([
    ['24.21.0', '2026-11-24T00:00:00.000Z', 'ok', false],
    ['22.15.0', '2026-10-31T00:00:00.000Z', 'ok', false],
    ['22.15.0', '2026-11-24T00:00:00.000Z', 'ok', true],
    ['22.15.0', '2027-04-30T23:00:00.000Z', 'ok', true],
    ['22.15.0', '2027-05-01T00:00:00.000Z', 'wrong', true],
    ['20.19.0', '2026-11-24T00:00:00.000Z', 'wrong', true],
    ['26.0.0', '2026-11-24T00:00:00.000Z', 'unknown', true],
  ])('Node.js %s on %s is %s; something is to be done: %s', (nodeVersion, now, state, hasToDo) => {
    const [check] = examine(runtime, { now, surroundings: { nodeVersion } });
    expect(check?.state).toBe(state);
    expect(check?.todo !== '').toBe(hasToDo);
  });
});

describe('a flow log of a network security group', () => {
  const log = (target: string) => resource(logId, { location: 'westeurope', properties: { targetResourceId: target } });
  const ofGroup = including(log(idIn('rg-net', 'Microsoft.Network/networkSecurityGroups/nsg-one')));

  test('is a warning until Azure deletes it, and wrong after that day', () => {
    const before = examine(securityGroupLogs, { resources: ofGroup, now: '2027-09-30T12:00:00.000Z' });
    expect(before).toMatchObject([
      { state: 'ok', found: '1 of them: log-one', todo: expect.stringContaining('2027-09-30') },
    ]);
    const after = examine(securityGroupLogs, { resources: ofGroup, now: '2027-10-01T00:00:00.000Z' });
    expect(after).toMatchObject([{ state: 'wrong' }]);
  });

  test('is not what logs a network', () => {
    expect(examine(securityGroupLogs, { resources: including(log(networkId)) })).toMatchObject([
      { state: 'ok', todo: '' },
    ]);
  });

  test.each([
    listOf('Microsoft.Network/networkWatchers'),
    listOf('Microsoft.Network/networkWatchers/flowLogs', watcherId),
  ])('is unknown where %s cannot be listed', (key) => {
    expect(examine(securityGroupLogs, { unread: { [key]: 'no' } })).toMatchObject([{ state: 'unknown' }]);
  });
});
