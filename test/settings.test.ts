import { SettingsError } from '../shared/core/errors';
import { parseSettings, settingsSchema, type AppSettings } from '../shared/settings';
import { stewardGroup, subscriptionId, workspaceId } from './given';

const accountId = `${stewardGroup}/providers/Microsoft.Storage/storageAccounts/stlogs`;
const otherId = '22222222-2222-4333-8444-555555555555';
type Environment = Readonly<Record<string, string | undefined>>;

/** Only what has no default. */
const least: Environment = {
  SUBSCRIPTION_IDS: subscriptionId,
  STEWARD_RESOURCE_GROUP_ID: stewardGroup,
  LOGS_INGESTION_ENDPOINT: 'https://dce-steward.westeurope-1.ingest.monitor.azure.com',
  LOGS_INGESTION_RULE_ID: 'dcr-0a1b2c3d',
};

const parse = (changed: Environment = {}): AppSettings =>
  parseSettings({ ...least, ...changed }, ['flow-logs', 'host-encryption']);

function complaintsOn(changed: Environment): readonly string[] {
  try {
    parse(changed);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('what is not set has its default, and nothing is written', () => {
  expect(parse()).toEqual({
    subscriptionIds: [subscriptionId],
    resourceGroupId: stewardGroup,
    remediate: [],
    remediateIn: { subscriptions: [], resourceGroups: [], tags: [] },
    writesAnHour: 1_000,
    driftsAnHour: 50,
    undoneADay: 3,
    flowLogRetentionDays: 90,
    flowLogSilenceMinutes: 120,
    flowLogStorage: {},
    canary: 'off',
    nsgFlowLogs: 'repair',
    logRetentionDays: 90,
    workspaceId: undefined,
    ingestion: {
      endpoint: 'https://dce-steward.westeurope-1.ingest.monitor.azure.com',
      ruleId: 'dcr-0a1b2c3d',
      audience: 'https://monitor.azure.com',
    },
    arm: { endpoint: 'https://management.azure.com', tokenScope: 'https://management.azure.com/.default' },
    clientId: undefined,
  });
});

describe('a setting is understood', () => {
  test.each<[string, Environment, object]>([
    [
      'SUBSCRIPTION_IDS in any case and with blanks',
      { SUBSCRIPTION_IDS: ` AAAAAAAA-2222-4333-8444-555555555555 ,${subscriptionId.toUpperCase()}, ` },
      { subscriptionIds: ['aaaaaaaa-2222-4333-8444-555555555555', subscriptionId] },
    ],
    [
      'STEWARD_RESOURCE_GROUP_ID in another case',
      { STEWARD_RESOURCE_GROUP_ID: `/subscriptions/${subscriptionId}/resourcegroups/RG` },
      { resourceGroupId: `/subscriptions/${subscriptionId}/resourcegroups/RG` },
    ],
    ['REMEDIATE with one control', { REMEDIATE: 'flow-logs' }, { remediate: ['flow-logs'] }],
    [
      'REMEDIATE with several controls',
      { REMEDIATE: ' host-encryption , flow-logs,' },
      { remediate: ['host-encryption', 'flow-logs'] },
    ],
    ['REMEDIATE that is empty: it audits', { REMEDIATE: '' }, { remediate: [] }],
    ['REMEDIATE that is blank: it audits', { REMEDIATE: ' ' }, { remediate: [] }],
    ['FLOW_LOG_RETENTION_DAYS', { FLOW_LOG_RETENTION_DAYS: ' 365 ' }, { flowLogRetentionDays: 365 }],
    ['FLOW_LOG_RETENTION_DAYS for ever', { FLOW_LOG_RETENTION_DAYS: '0' }, { flowLogRetentionDays: 0 }],
    ['FLOW_LOG_RETENTION_DAYS that is empty', { FLOW_LOG_RETENTION_DAYS: '' }, { flowLogRetentionDays: 90 }],
    [
      'FLOW_LOG_STORAGE of two regions',
      { FLOW_LOG_STORAGE: `westeurope = ${accountId}, eastus2=${accountId}2` },
      { flowLogStorage: { westeurope: accountId, eastus2: `${accountId}2` } },
    ],
    ['FLOW_LOG_SILENCE_MINUTES, the least', { FLOW_LOG_SILENCE_MINUTES: '30' }, { flowLogSilenceMinutes: 30 }],
    ['FLOW_LOG_SILENCE_MINUTES, the most', { FLOW_LOG_SILENCE_MINUTES: '1440' }, { flowLogSilenceMinutes: 1_440 }],
    ['LOG_RETENTION_DAYS, the most', { LOG_RETENTION_DAYS: '4383' }, { logRetentionDays: 4_383 }],
    ['LOG_RETENTION_DAYS that is empty', { LOG_RETENTION_DAYS: '' }, { logRetentionDays: 90 }],
    ['NSG_FLOW_LOGS', { NSG_FLOW_LOGS: 'create' }, { nsgFlowLogs: 'create' }],
    ['TRAFFIC_ANALYTICS_WORKSPACE_ID', { TRAFFIC_ANALYTICS_WORKSPACE_ID: workspaceId }, { workspaceId }],
    [
      'LOGS_INGESTION_AUDIENCE',
      { LOGS_INGESTION_AUDIENCE: 'https://monitor.azure.us' },
      { ingestion: expect.objectContaining({ audience: 'https://monitor.azure.us' }) },
    ],
    [
      'the address of another cloud, with a slash or without',
      {
        AZURE_RESOURCE_MANAGER_ENDPOINT: 'https://management.chinacloudapi.cn/',
        AZURE_RESOURCE_MANAGER_AUDIENCE: 'https://management.chinacloudapi.cn/',
      },
      {
        arm: {
          endpoint: 'https://management.chinacloudapi.cn',
          tokenScope: 'https://management.chinacloudapi.cn/.default',
        },
      },
    ],
    ['AZURE_CLIENT_ID', { AZURE_CLIENT_ID: otherId }, { clientId: otherId }],
  ])('%s', (_, changed, expected) => {
    expect(parse(changed)).toMatchObject(expected);
  });
});

test('Steward’s resource group has to lie in a subscription that is kept, for nothing outside is written', () => {
  expect(() => parse({ SUBSCRIPTION_IDS: otherId })).toThrow(
    /STEWARD_RESOURCE_GROUP_ID is .*in one of SUBSCRIPTION_IDS is needed/,
  );
});

describe('a setting that is wrong is named, with what was found and what is needed', () => {
  test.each<[string, string | undefined, RegExp]>([
    ['SUBSCRIPTION_IDS', undefined, /is missing; it has no default$/],
    ['SUBSCRIPTION_IDS', 'production', /is "production"; one or more subscription GUIDs, separated by commas/],
    ['SUBSCRIPTION_IDS', `${subscriptionId}, x`, /, x"; one or more subscription GUIDs/],
    ['SUBSCRIPTION_IDS', ' , ', /is ","; one or more subscription GUIDs/],
    ['SUBSCRIPTION_IDS', `/subscriptions/${subscriptionId}`, /"; one or more subscription GUIDs/],
    ['STEWARD_RESOURCE_GROUP_ID', '', /is missing; it has no default$/],
    ['STEWARD_RESOURCE_GROUP_ID', 'rg-steward', /is "rg-steward"; the ARM id of a resource group is needed$/],
    ['STEWARD_RESOURCE_GROUP_ID', workspaceId, /"; the ARM id of a resource group is needed$/],
    ['STEWARD_RESOURCE_GROUP_ID', `${stewardGroup}/`, /"; the ARM id of a resource group is needed$/],
    ['FLOW_LOG_RETENTION_DAYS', 'ninety', /is "ninety"; a whole number from 0 to 99999 is needed/],
    ['FLOW_LOG_RETENTION_DAYS', '-1', /is "-1"; a whole number/],
    ['FLOW_LOG_RETENTION_DAYS', '90.5', /is "90.5"; a whole number/],
    ['FLOW_LOG_RETENTION_DAYS', '1e3', /is "1e3"; a whole number/],
    ['FLOW_LOG_RETENTION_DAYS', '100000', /is "100000"; a whole number from 0 to 99999/],
    ['FLOW_LOG_STORAGE', accountId, /"; <region>=<ARM id of a storage account>, separated by commas, is needed$/],
    ['FLOW_LOG_STORAGE', 'westeurope', /is "westeurope"; <region>=<ARM id/],
    ['FLOW_LOG_STORAGE', `=${accountId}`, /"; <region>=<ARM id/],
    ['FLOW_LOG_STORAGE', `westeurope=${workspaceId}`, /"; <region>=<ARM id of a storage account>/],
    ['FLOW_LOG_STORAGE', `westeurope=${accountId},eastus`, /,eastus"; <region>=<ARM id/],
    ['LOG_RETENTION_DAYS', '0', /is "0"; a whole number from 1 to 4383 is needed/],
    ['LOG_RETENTION_DAYS', '4384', /is "4384"; a whole number/],
    ['FLOW_LOG_SILENCE_MINUTES', 'an hour', /is "an hour"; a whole number from 30 to 1440 is needed/],
    ['FLOW_LOG_SILENCE_MINUTES', '29', /is "29"; a whole number/],
    ['FLOW_LOG_SILENCE_MINUTES', '1441', /is "1441"; a whole number/],
    ['FLOW_LOG_SILENCE_MINUTES', '6e1', /is "6e1"; a whole number/],
    ['NSG_FLOW_LOGS', 'both', /is "both"; .*"repair"\|"create"/],
    ['TRAFFIC_ANALYTICS_WORKSPACE_ID', accountId, /"; the ARM id of a Log Analytics workspace is needed$/],
    ['LOGS_INGESTION_ENDPOINT', undefined, /is missing; an https address is needed$/],
    ['LOGS_INGESTION_ENDPOINT', 'http://plain', /is "http:\/\/plain"; an https address is needed$/],
    ['LOGS_INGESTION_ENDPOINT', 'dce-steward', /is "dce-steward"; an https address is needed$/],
    ['LOGS_INGESTION_RULE_ID', undefined, /is missing; it has no default$/],
    [
      'LOGS_INGESTION_RULE_ID',
      `${stewardGroup}/x`,
      /"; the immutable id of a data collection rule \(dcr-…\) is needed$/,
    ],
    ['LOGS_INGESTION_AUDIENCE', 'monitor', /is "monitor"; an address is needed$/],
    ['AZURE_RESOURCE_MANAGER_ENDPOINT', 'http://plain', /is "http:\/\/plain"; an https address is needed$/],
    ['AZURE_RESOURCE_MANAGER_AUDIENCE', 'arm', /is "arm"; an address is needed$/],
    ['AZURE_CLIENT_ID', 'steward', /is "steward"; a GUID is needed$/],
    ['REMEDIATE', 'flow-log', /names "flow-log"; known controls are flow-logs, host-encryption$/],
    ['REMEDIATE', 'Flow-Logs', /names "Flow-Logs"; known controls/],
  ])('%s: %s', (name, value, complaint) => {
    const complaints = complaintsOn({ [name]: value });
    expect(complaints).toEqual([expect.stringMatching(complaint)]);
    expect(complaints[0]).toMatch(new RegExp(`^setting ${name} (is|names) `));
  });

  test('each of them, when there are several', () => {
    const complaints = complaintsOn({
      SUBSCRIPTION_IDS: undefined,
      FLOW_LOG_RETENTION_DAYS: 'ninety',
      REMEDIATE: 'one, flow-logs, two',
      AZURE_CLIENT_ID: 'steward',
    });
    expect(complaints.map((line) => line.split(/ is | names /)[0])).toEqual([
      'setting SUBSCRIPTION_IDS',
      'setting FLOW_LOG_RETENTION_DAYS',
      'setting AZURE_CLIENT_ID',
      'setting REMEDIATE',
      'setting REMEDIATE',
    ]);
  });
});

test('each subscription is kept once, however often it is named', () => {
  const twice = parse({ SUBSCRIPTION_IDS: `${subscriptionId},${otherId},${otherId.toUpperCase()}` });
  expect(twice.subscriptionIds).toEqual([subscriptionId, otherId]);
});

test('what is not a setting is nobody’s business', () => {
  expect(parse({ PATH: '/bin', FLOW_LOG_RETENTION: '7' })).toEqual(parse());
});

test('every setting is described for the README', () => {
  const undescribed = Object.entries(settingsSchema.shape).filter(([, { description = '' }]) => description === '');
  expect(undescribed).toEqual([]);
});
