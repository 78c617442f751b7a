import { containerLogSettings } from '../../shared/controls/container-log-settings';
import type { Json, Resource } from '../../shared/core/resource';
import type { Verdict } from '../../shared/core/verdict';
import { accountWith, having, idIn, inventoryOf, resource, settings } from '../given';
import { cluster, clusterId, verdictsOf, workspaceId, type Properties } from './clusters';

const extension = (type: string, name: string, properties: Properties): Resource<Properties> =>
  resource(`${clusterId}/providers/Microsoft.Insights/${type}/${name}`, { properties }) as Resource<Properties>;

const workspace = resource(workspaceId, {
  location: 'westeurope',
  properties: { retentionInDays: 90, sku: { name: 'PerGB2018' } },
}) as Resource<Properties>;
const otherWorkspaceId = idIn('rg-logs', 'Microsoft.OperationalInsights/workspaces/log-other');
const table = resource(`${workspaceId}/tables/ContainerLogV2`, {
  properties: { plan: 'Analytics', retentionInDays: 90, totalRetentionInDays: 400 },
}) as Resource<Properties>;

const collection: Properties = { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true };
const source: Properties = {
  name: 'ContainerInsightsExtension',
  extensionName: 'ContainerInsights',
  streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents'],
  extensionSettings: { dataCollectionSettings: collection },
};
const ruleId = idIn('rg-shop', 'Microsoft.Insights/dataCollectionRules/MSCI-westeurope-aks-shop');
const rule = resource(ruleId, {
  location: 'westeurope',
  kind: 'Linux',
  properties: {
    dataSources: { extensions: [source] },
    destinations: { logAnalytics: [{ name: 'ciworkspace', workspaceResourceId: workspaceId }] },
    dataFlows: [{ streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents'], destinations: ['ciworkspace'] }],
  },
}) as Resource<Properties>;
const association = extension('dataCollectionRuleAssociations', 'ContainerInsightsExtension', {
  dataCollectionRuleId: ruleId,
});

const log = (category: string, enabled = true): Properties => ({ category, enabled });
const setting = extension('diagnosticSettings', 'audit', {
  workspaceId,
  logs: [log('kube-audit-admin'), log('kube-audit', false), log('guard'), log('kube-apiserver', false)],
});
const account = accountWith(idIn('rg-logs', 'Microsoft.Storage/storageAccounts/staudit'), 'westeurope');

const zone: readonly Resource[] = [cluster, workspace, table, rule, association, setting];

/** Resources with the same id replace those of the zone; `undefined` among the properties takes one away. */
function judged(changed: readonly Resource[] = [], without: readonly string[] = [], unread = {}) {
  const ids = [...changed.map(({ id }) => id.toLowerCase()), ...without.map((id) => id.toLowerCase())];
  const resources = [...zone.filter(({ id }) => !ids.includes(id.toLowerCase())), ...changed];
  const subject = resources.find(({ type }) => type === cluster.type) ?? cluster;
  return verdictsOf(containerLogSettings.evaluate(subject, inventoryOf(resources, unread), settings));
}

const violation = (severity: string, reason: RegExp): object => ({
  state: 'violation',
  problems: [{ severity, reason: expect.stringMatching(reason) }],
});
const unknown = (reason: RegExp): object => ({ state: 'unknown', reason: expect.stringMatching(reason) });

type Changes = Readonly<Record<string, Json | undefined>>;
const addon = (name: string, config: Properties, enabled = true): Changes => ({
  addonProfiles: { [name]: { enabled, config } },
});

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
  ])('is not the one of an association that names %s', (_, changed) => {
    const metrics = resource(`${ruleId}-metrics`, {
      properties: { dataSources: { prometheusForwarder: [{ streams: ['Microsoft-PrometheusMetrics'] }] } },
    });
    expect(collectionOf([having(association, changed), metrics])).toEqual(violation('medium', /associate one/));
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
    const streams = ['Microsoft-ContainerInsights-Group-Default'];
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

describe('retention', () => {
  const kept = (changed: readonly Resource[], without: readonly string[] = []): Verdict | undefined =>
    judged(changed, without)['retention'];

  test.each<[string, Resource, RegExp]>([
    ['a day less', having(workspace, { retentionInDays: 89 }), /log-platform keeps logs 89 days; 90 are needed/],
    ['the default, when it does not say', having(workspace, { retentionInDays: undefined }), /keeps logs 30 days/],
    [
      'less in a table',
      having(table, { retentionInDays: 30, totalRetentionInDays: 60 }),
      /table ContainerLogV2 of workspace log-platform keeps logs 60 days; 90 are needed \(LOG_RETENTION_DAYS\)/,
    ],
  ])('of %s is a violation', (_, changed, reason) => {
    expect(kept([changed])).toEqual(violation('medium', reason));
  });

  test.each<[string, Resource]>([
    ['a day more', having(workspace, { retentionInDays: 91 })],
    ['a table that leaves it to its workspace', having(table, { retentionInDays: -1, totalRetentionInDays: -1 })],
    ['a table with an archive', having(table, { retentionInDays: 30, totalRetentionInDays: 90 })],
    ['a table that says nothing', having(table, { retentionInDays: undefined, totalRetentionInDays: undefined })],
    ['a table of other things', resource(`${workspaceId}/tables/Heartbeat`, { properties: { retentionInDays: 4 } })],
  ])('of %s is right', (_, changed) => {
    expect(kept([changed])?.state).toBe('compliant');
  });

  test('counts in the workspace of the agent, of the rule and of the diagnostic setting', () => {
    const short = resource(otherWorkspaceId, { properties: { retentionInDays: 31 } });
    const elsewhere: readonly Resource[] = [
      having(cluster, addon('omsagent', { logAnalyticsWorkspaceResourceID: otherWorkspaceId, useAADAuth: 'true' })),
      having(rule, {
        destinations: { logAnalytics: [{ name: 'ciworkspace', workspaceResourceId: otherWorkspaceId }] },
      }),
      having(setting, { workspaceId: otherWorkspaceId.toUpperCase() }),
    ];
    for (const one of elsewhere)
      expect(kept([short, one])).toEqual(violation('medium', /log-other keeps logs 31 days/));
    expect(kept([short, ...elsewhere])).toEqual(violation('medium', /log-other/));
  });

  test('that is no number, or tables that cannot be read, are unknown', () => {
    expect(kept([having(workspace, { retentionInDays: 'long' })])).toEqual(unknown(/cannot be understood/));
    const tables = `${workspaceId}|Microsoft.OperationalInsights/workspaces/tables`;
    expect(judged([], [], { [tables]: 'no permission' })['retention']).toEqual(unknown(/tables .*no permission/));
  });

  test('does not concern a cluster whose logs no workspace gets', () => {
    const off = having(cluster, { addonProfiles: {} });
    expect(kept([off], [setting.id])?.state).toBe('notApplicable');
    expect(kept([], [workspaceId])?.state).toBe('notApplicable');
  });
});

describe('a change', () => {
  test.each([
    ['of a diagnostic setting', setting],
    ['of an association', association],
  ])('%s concerns the cluster that it is on', (_, written) => {
    expect(containerLogSettings.concerns(written)).toEqual([clusterId]);
  });

  test('of a setting on something else concerns no cluster', () => {
    expect(containerLogSettings.concerns({ ...setting, id: setting.id.replace('managedClusters', 'fleets') })).toEqual(
      [],
    );
    expect(containerLogSettings.concerns(workspace)).toEqual([]);
  });
});
