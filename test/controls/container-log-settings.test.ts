import type { Json, Resource } from '../../shared/core/resource';
import { having, resource } from '../given';
import { cluster, clusterId, workspaceId, type Properties } from './clusters';
import {
  type Changes,
  account,
  addon,
  association,
  collection,
  extension,
  judged,
  log,
  otherWorkspaceId,
  rule,
  ruleId,
  setting,
  source,
  unknown,
  violation,
} from './logging-cluster';

test('a cluster whose logs are collected by a rule, audited once and kept is compliant in all, and says how', () => {
  expect(judged()).toEqual({
    agent: { state: 'compliant', reason: 'it sends to log-platform' },
    'collection-rule': {
      state: 'compliant',
      reason: 'MSCI-westeurope-aks-shop: every 1m, all namespaces, to log-platform',
    },
    'audit-log': { state: 'compliant', reason: 'kube-audit-admin goes to log-platform' },
    'sign-in-log': { state: 'compliant', reason: 'guard goes to log-platform' },
    retention: { state: 'compliant', reason: 'log-platform: 90 days at least' },
    'agent-config': { state: 'compliant', reason: expect.stringContaining('stdout is collected from all namespaces') },
  });
});

describe('the agent', () => {
  const config = { LogAnalyticsWorkspaceResourceId: workspaceId, useAadAuth: 'True' };
  const agent = (changed: Changes, more: readonly Resource[] = [], without: readonly string[] = []) =>
    judged([having(cluster, changed), ...more], without)['agent'];

  test.each([
    ['as omsAgent', addon('omsAgent', config)],
    ['as OMSAGENT', addon('OMSAGENT', config)],
    [
      'as the container logs of the Azure Monitor profile',
      {
        addonProfiles: { omsagent: { enabled: false } },
        azureMonitorProfile: { containerInsights: { enabled: true, logAnalyticsWorkspaceResourceId: workspaceId } },
      },
    ],
  ])('is on %s', (_, changed) => {
    const verdicts = judged([having(cluster, changed)]);
    expect([verdicts['agent']?.state, verdicts['collection-rule']?.state]).toEqual(['compliant', 'compliant']);
  });

  test.each<[string, Changes]>([
    ['is off', addon('omsagent', config, false)],
    ['is not there', { addonProfiles: undefined }],
    ['is there under another name only', addon('azureMonitor', config)],
    ['is a null', { addonProfiles: { omsagent: null } }],
    ['collects metrics only', { addonProfiles: {}, azureMonitorProfile: { metrics: { enabled: true } } }],
  ])('%s: a violation, and no rule is asked for', (_, changed) => {
    const verdicts = judged([having(cluster, changed)], [association.id]);
    expect(verdicts['agent']).toEqual(violation('high', /enable the monitoring add-on/));
    expect(verdicts['collection-rule']?.state).toBe('notApplicable');
  });

  test('that sends to a workspace that is gone is a violation', () => {
    expect(agent({}, [], [workspaceId])).toEqual(violation('high', /workspace log-platform, which does not exist/));
  });

  test('that names no workspace is a violation', () => {
    expect(agent(addon('omsagent', { useAADAuth: 'true' }))).toEqual(violation('high', /names no workspace/));
    expect(agent(addon('omsagent', { logAnalyticsWorkspaceResourceID: null }))?.state).toBe('violation');
  });

  test('whose workspace cannot be read is unknown', () => {
    const verdicts = judged([], [], { [workspaceId]: 'no permission' });
    expect(verdicts['agent']).toEqual(unknown(/log-platform, which could not be read: no permission/));
    expect(verdicts['retention']).toEqual(unknown(/log-platform: no permission/));
  });
});

describe('the data collection rule', () => {
  const group = 'Microsoft-ContainerInsights-Group-Default';
  const collectionOf = (changed: readonly Resource[], without: readonly string[] = [], unread = {}) =>
    judged(changed, without, unread)['collection-rule'];
  const withSource = (changed: Changes): Resource =>
    having(rule, { dataSources: { extensions: [{ ...source, ...(changed as Properties) }] } });
  const withCollection = (changed: Changes): Resource => {
    const merged = Object.entries({ ...collection, ...changed }).filter(([, value]) => value !== undefined);
    return withSource({ extensionSettings: { dataCollectionSettings: Object.fromEntries(merged) as Properties } });
  };

  test.each([
    ['false', 'false'],
    ['not told', null],
  ])('is not followed by an agent that signs in with a key: useAADAuth is %s', (_, useAADAuth) => {
    const changed = having(cluster, addon('omsagent', { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth }));
    expect(collectionOf([changed])).toEqual(violation('medium', /useAADAuth is not true.*2026-09-30/));
  });

  test('is a violation when none is associated', () => {
    expect(collectionOf([], [association.id])).toEqual(violation('medium', /no data collection rule.*associate one/));
  });

  test.each<[string, Changes]>([
    ['an endpoint alone', { dataCollectionRuleId: undefined, dataCollectionEndpointId: 'x' }],
    ['a rule for metrics', { dataCollectionRuleId: `${ruleId}-metrics` }],
    ['a rule for another extension', { dataCollectionRuleId: `${ruleId}-other` }],
  ])('is not the one of an association that names %s', (_, changed) => {
    const metrics = resource(`${ruleId}-metrics`, {
      properties: { dataSources: { prometheusForwarder: [{ streams: ['Microsoft-PrometheusMetrics'] }] } },
    });
    const other = resource(`${ruleId}-other`, {
      properties: { dataSources: { extensions: [{ ...source, extensionName: 'AzureSecurityLinuxAgent' }] } },
    });
    expect(collectionOf([having(association, changed), metrics, other])).toEqual(violation('medium', /associate one/));
  });

  test('that is gone is a violation', () => {
    expect(collectionOf([], [ruleId])).toEqual(violation('medium', /MSCI-westeurope-aks-shop, which is gone/));
  });

  test('that cannot be read, or whose association cannot, is unknown', () => {
    const associations = `${clusterId}|Microsoft.Insights/dataCollectionRuleAssociations`;
    expect(collectionOf([], [], { [ruleId]: 'no permission' })).toEqual(unknown(/aks-shop: no permission/));
    const verdicts = judged([], [], { [associations]: 'no permission' });
    expect(verdicts['collection-rule']).toEqual(unknown(/rules of the cluster: no permission/));
    expect(verdicts['retention']).toEqual(unknown(/rules of the cluster: no permission/));
  });

  test.each<[string, Resource, string, RegExp]>([
    [
      'collects no stream of containers',
      withSource({ streams: ['Microsoft-Perf', 'Microsoft-KubeEvents'] }),
      'high',
      /does not collect what containers write: add the stream Microsoft-ContainerLogV2/,
    ],
    ['has no streams', withSource({ streams: null }), 'high', /does not collect what containers write/],
    ['sends them nowhere', having(rule, { dataFlows: undefined }), 'high', /to no workspace/],
    [
      'sends other streams alone',
      having(rule, { dataFlows: [{ streams: ['Microsoft-KubeEvents'], destinations: ['ciworkspace'] }] }),
      'high',
      /to no workspace/,
    ],
    [
      'sends them to a destination that it does not have',
      having(rule, { destinations: { logAnalytics: [{ name: 'other', workspaceResourceId: workspaceId }] } }),
      'high',
      /to no workspace/,
    ],
    [
      'sends them to a workspace that is gone',
      having(rule, {
        destinations: { logAnalytics: [{ name: 'ciworkspace', workspaceResourceId: otherWorkspaceId }] },
      }),
      'high',
      /sends to workspace log-other, which does not exist/,
    ],
    ['has an interval of an hour', withCollection({ interval: '60m' }), 'low', /interval "60m".*use 1m to 30m/],
    ['has an interval of 31 minutes', withCollection({ interval: '31m' }), 'low', /interval "31m"/],
    ['has an interval in seconds', withCollection({ interval: '30s' }), 'low', /interval "30s"/],
    ['has no interval to speak of', withCollection({ interval: '0m' }), 'low', /interval "0m"/],
    ['has a number as interval', withCollection({ interval: 5 }), 'low', /interval ""/],
    [
      'includes no namespace',
      withCollection({ namespaceFilteringMode: 'include', namespaces: [] }),
      'medium',
      /includes no namespace/,
    ],
    ['filters by something else', withCollection({ namespaceFilteringMode: 'Some' }), 'low', /by "Some"/],
    ['fills the old table', withCollection({ enableContainerLogV2: false }), 'low', /deprecated table ContainerLog/],
  ])('that %s is a violation', (_, changed, severity, reason) => {
    expect(collectionOf([changed])).toEqual(violation(severity, reason));
  });

  test.each<[string, Resource, RegExp]>([
    ['collects the group of all streams', withGroup(), /every 1m, all namespaces, to log-platform$/],
    [
      'sends the group that its stream is in',
      having(rule, { dataFlows: [{ streams: [group], destinations: ['ciworkspace'] }] }),
      /to log-platform$/,
    ],
    ['says nothing of its settings', withSource({ extensionSettings: {} }), /every 1m, all namespaces/],
    [
      'leaves namespaces out',
      withCollection({ interval: '30m', namespaceFilteringMode: 'Exclude', namespaces: ['kube-system'] }),
      /every 30m, exclude kube-system/,
    ],
    ['is written in another case', withSource({ streams: ['microsoft-containerlogV2'] }), /to log-platform/],
  ])('that %s is right, and told', (_, changed, reason) => {
    expect(collectionOf([changed])).toEqual({ state: 'compliant', reason: expect.stringMatching(reason) });
  });

  function withGroup(): Resource {
    const streams = [group];
    const dataFlows = [{ streams, destinations: ['CIWorkspace'] }];
    return having(withSource({ streams }) as Resource<Properties>, { dataFlows });
  }
});

describe('the logs of the control plane', () => {
  const listOfSettings = `${clusterId}|Microsoft.Insights/diagnosticSettings`;
  const withLogs = (...logs: readonly Json[]): Resource => having(setting, { logs });

  test.each<[string, Resource, string, string | RegExp]>([
    ['kube-audit instead', withLogs(log('kube-audit'), log('guard')), 'compliant', /kube-audit goes/],
    ['names in another case', withLogs(log('Kube-Audit-Admin'), log('Guard')), 'compliant', /kube-audit-admin goes/],
    ['none of the two', withLogs(log('guard'), log('kube-apiserver')), 'high', /nothing keeps the audit log/],
    ['one that is off', withLogs(log('kube-audit-admin', false), log('guard')), 'high', /nothing keeps the audit log/],
    ['both', withLogs(log('kube-audit'), log('kube-audit-admin'), log('guard')), 'low', /both are sent \(by audit\)/],
    ['the group allLogs', withLogs({ categoryGroup: 'allLogs', enabled: true }), 'low', /both are sent/],
    ['the group audit', withLogs({ categoryGroup: 'Audit', enabled: true }), 'low', /both are sent/],
    ['a group that is off', withLogs({ categoryGroup: 'allLogs', enabled: false }), 'high', /nothing keeps/],
    ['no logs', having(setting, { logs: undefined }), 'high', /nothing keeps/],
    ['logs that are no list', having(setting, { logs: 'all' }), 'high', /nothing keeps/],
  ])('with %s', (_, changed, severity, reason) => {
    const verdict = judged([changed])['audit-log'];
    if (severity === 'compliant')
      expect(verdict).toEqual({ state: 'compliant', reason: expect.stringMatching(reason) });
    else expect(verdict).toEqual(violation(severity, reason as RegExp));
  });

  test('in two settings count together', () => {
    const second = extension('diagnosticSettings', 'archive', { workspaceId, logs: [log('kube-audit')] });
    expect(judged([second])['audit-log']).toEqual(violation('low', /both are sent \(by audit, archive\)/));
  });

  test('without any setting', () => {
    const verdicts = judged([], [setting.id]);
    expect(verdicts['audit-log']?.state).toBe('violation');
    expect(verdicts['sign-in-log']).toEqual(violation('medium', /guard/));
  });

  test('of sign-ins are a violation when guard is not sent, and right with a group of categories', () => {
    expect(judged([withLogs(log('kube-audit-admin'))])['sign-in-log']).toEqual(violation('medium', /\(guard\)/));
    expect(judged([withLogs(log('guard', false))])['sign-in-log']?.state).toBe('violation');
    expect(judged([withLogs({ categoryGroup: 'audit', enabled: true })])['sign-in-log']?.state).toBe('compliant');
  });

  test('of sign-ins do not concern a cluster that nobody signs in to with Entra ID', () => {
    const local = having(cluster, { aadProfile: undefined });
    expect(judged([local], [setting.id])['sign-in-log']?.state).toBe('notApplicable');
  });

  test.each<[string, Changes, readonly Resource[], object]>([
    ['a storage account', { workspaceId: null, storageAccountId: account.id }, [account], { state: 'compliant' }],
    ['a storage account that is gone', { workspaceId: null, storageAccountId: account.id }, [], wrongly(/staudit/)],
    ['a workspace that is gone', { workspaceId: otherWorkspaceId }, [], wrongly(/log-other, which does not exist/)],
    [
      'one of two that is there',
      { workspaceId: otherWorkspaceId, storageAccountId: account.id },
      [account],
      { state: 'compliant' },
    ],
    ['nothing', { workspaceId: undefined }, [], wrongly(/sends kube-audit-admin to nothing/)],
    [
      'an event hub alone',
      { workspaceId: undefined, eventHubAuthorizationRuleId: `${clusterId}/hub` },
      [],
      unknown(/event hub/),
    ],
    ['a partner alone', { workspaceId: undefined, marketplacePartnerId: 'x' }, [], unknown(/partner/)],
  ])('that are sent to %s', (_, changed, more, expected) => {
    expect(judged([having(setting, changed), ...more])['audit-log']).toMatchObject(expected);
  });

  function wrongly(reason: RegExp): object {
    return violation('high', reason);
  }

  test('that are also sent to something that is there are kept', () => {
    const broken = extension('diagnosticSettings', 'broken', {
      workspaceId: otherWorkspaceId,
      logs: [log('kube-audit-admin')],
    });
    expect(judged([broken])['audit-log']?.state).toBe('compliant');
  });

  test('are unknown where the settings or what they are sent to cannot be read', () => {
    const verdicts = judged([], [], { [listOfSettings]: 'no permission' });
    for (const key of ['audit-log', 'sign-in-log', 'retention'])
      expect([key, verdicts[key]]).toEqual([key, unknown(/diagnostic settings: no permission/)]);
    expect(judged([], [], { [workspaceId]: 'gone for now' })['audit-log']).toEqual(unknown(/gone for now/));
  });

  test('are another cluster’s where the setting is on another cluster', () => {
    const other = resource(`${clusterId}-2/providers/Microsoft.Insights/diagnosticSettings/audit`, {
      properties: setting.properties,
    });
    expect(judged([other], [setting.id])['audit-log']?.state).toBe('violation');
  });
});
