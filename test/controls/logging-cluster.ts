import { containerLogSettings } from '../../shared/controls/container-log-settings';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import type { Json, Resource } from '../../shared/core/resource';
import { idIn, inventoryOf, resource, settings, accountWith, type StoredObjects } from '../given';
import { cluster, clusterId, verdictsOf, workspaceId, type Properties } from './clusters';

export const extension = (type: string, name: string, properties: Properties): Resource<Properties> =>
  resource(`${clusterId}/providers/Microsoft.Insights/${type}/${name}`, { properties }) as Resource<Properties>;

export const workspace = resource(workspaceId, {
  location: 'westeurope',
  properties: { retentionInDays: 90, sku: { name: 'PerGB2018' } },
}) as Resource<Properties>;
export const otherWorkspaceId = idIn('rg-logs', 'Microsoft.OperationalInsights/workspaces/log-other');
export const table = resource(`${workspaceId}/tables/ContainerLogV2`, {
  properties: { plan: 'Analytics', retentionInDays: 90, totalRetentionInDays: 400 },
}) as Resource<Properties>;

export const collection: Properties = { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true };
export const source: Properties = {
  name: 'ContainerInsightsExtension',
  extensionName: 'ContainerInsights',
  streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents'],
  extensionSettings: { dataCollectionSettings: collection },
};
export const ruleId = idIn('rg-shop', 'Microsoft.Insights/dataCollectionRules/MSCI-westeurope-aks-shop');
export const rule = resource(ruleId, {
  location: 'westeurope',
  kind: 'Linux',
  properties: {
    dataSources: { extensions: [source] },
    destinations: { logAnalytics: [{ name: 'ciworkspace', workspaceResourceId: workspaceId }] },
    dataFlows: [{ streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents'], destinations: ['ciworkspace'] }],
  },
}) as Resource<Properties>;
export const association = extension('dataCollectionRuleAssociations', 'ContainerInsightsExtension', {
  dataCollectionRuleId: ruleId,
});

export const log = (category: string, enabled = true): Properties => ({ category, enabled });
export const setting = extension('diagnosticSettings', 'audit', {
  workspaceId,
  logs: [log('kube-audit-admin'), log('kube-audit', false), log('guard'), log('kube-apiserver', false)],
});
export const account = accountWith(idIn('rg-logs', 'Microsoft.Storage/storageAccounts/staudit'), 'westeurope');

/** The agent's settings in the cluster, as its documentation has them, environment variables left out. */
export const agentSettings: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'container-azm-ms-agentconfig', namespace: 'kube-system' },
  data: {
    'schema-version': 'v1',
    'config-version': 'ver1',
    'log-data-collection-settings': [
      '[log_collection_settings]',
      '  [log_collection_settings.stdout]',
      '    enabled = true',
      '    exclude_namespaces = ["kube-system"]',
      '  [log_collection_settings.stderr]',
      '    enabled = true',
      '    exclude_namespaces = ["kube-system"]',
      '  [log_collection_settings.env_var]',
      '    enabled = false',
    ].join('\n'),
  },
};
const inCluster: readonly StoredObjects[] = [
  { group: '', version: 'v1', plural: 'configmaps', cluster: clusterId, items: [agentSettings] },
];

const zone: readonly Resource[] = [cluster, workspace, table, rule, association, setting];

/** Resources with the same id replace those of the zone; `undefined` among the properties takes one away. */
export function judged(changed: readonly Resource[] = [], without: readonly string[] = [], unread = {}) {
  const ids = [...changed.map(({ id }) => id.toLowerCase()), ...without.map((id) => id.toLowerCase())];
  const resources = [...zone.filter(({ id }) => !ids.includes(id.toLowerCase())), ...changed];
  const subject = resources.find(({ type }) => type === cluster.type) ?? cluster;
  return verdictsOf(containerLogSettings.evaluate(subject, inventoryOf(resources, unread, [], inCluster), settings));
}

export const violation = (severity: string, reason: RegExp): object => ({
  state: 'violation',
  problems: [{ severity, reason: expect.stringMatching(reason) }],
});
export const unknown = (reason: RegExp): object => ({ state: 'unknown', reason: expect.stringMatching(reason) });

export type Changes = Readonly<Record<string, Json | undefined>>;
export const addon = (name: string, config: Properties, enabled = true): Changes => ({
  addonProfiles: { [name]: { enabled, config } },
});
