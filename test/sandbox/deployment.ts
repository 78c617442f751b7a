import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { clusterRoleYaml } from '../../infra/compile/cluster-role';
import { ownRules } from '../../shared/controls/sentinel-content/own-rules';
import { streamOf, tables, type TableDefinition } from '../../shared/core/tables';
import { eventResources, functionApp } from './deployed-events';
import {
  identityOf,
  subscriptionsOf,
  type ClusterObject,
  type Estate,
  type SimulatedSubscription,
  type WireResource,
} from './subscription/index';

/** What deploying Steward leaves in a subscription, as far as the app needs it. */
export interface Deployment {
  readonly clientId: string;
  resources(subscription: Pick<SimulatedSubscription, 'url'>): readonly WireResource[];
  /** What `infra/kubernetes/reader.yaml` makes in each cluster that does not go by Azure's role assignments. */
  objects(estate: Estate): readonly ClusterObject[];
  /** The settings that rights depend on. */
  readonly choices: Readonly<Record<string, string>>;
  settings(subscription: SimulatedSubscription): Readonly<Record<string, string>>;
}

export function deployment(estate: Estate): Deployment {
  const group = `/subscriptions/${estate.subscriptionId}/resourceGroups/rg-steward`;
  const location = estate.resources.find(({ id }) => /\/virtualNetworks\/[^/]+$/i.test(id))?.location ?? 'westeurope';
  const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-steward`;
  const clientId = guidFrom(`identity of ${group}`);
  const ruleId = `dcr-${createHash('sha256').update(group).digest('hex').slice(0, 32)}`;
  const choices = {
    SUBSCRIPTION_IDS: subscriptionsOf(estate).join(','),
    STEWARD_RESOURCE_GROUP_ID: group,
    REMEDIATE: 'flow-logs',
    TRAFFIC_ANALYTICS_WORKSPACE_ID: workspace,
  };
  return {
    clientId,
    choices,
    resources: ({ url }) => [
      {
        id: group,
        name: 'rg-steward',
        type: 'Microsoft.Resources/resourceGroups',
        location,
        properties: { provisioningState: 'Succeeded' },
      },
      {
        id: workspace,
        name: 'log-steward',
        type: 'Microsoft.OperationalInsights/workspaces',
        location,
        properties: {
          provisioningState: 'Succeeded',
          customerId: guidFrom(workspace),
          retentionInDays: 90,
          sku: { name: 'PerGB2018' },
        },
      },
      ...tables.map((table) => tableIn(workspace, table)),
      dataCollectionRule({ group, location, workspace, ruleId, url }),
      ...subscriptionsOf(estate).flatMap((id) => eventResources(id, group)),
      ...sentinelOf(workspace),
    ],
    objects: ({ resources, tenantId }) =>
      resources
        .filter(({ id, properties }) => /\/managedClusters\/[^/]+$/i.test(id) && !goesByAzure(properties))
        .flatMap(({ id }) => readerIn(id, identityOf(clientId, tenantId))),
    settings: (subscription) => ({
      ...choices,
      LOGS_INGESTION_ENDPOINT: subscription.url,
      LOGS_INGESTION_RULE_ID: ruleId,
      AZURE_RESOURCE_MANAGER_ENDPOINT: subscription.url,
      AZURE_CLIENT_ID: clientId,
      WEBSITE_SITE_NAME: functionApp,
      IDENTITY_ENDPOINT: subscription.identity.endpoint,
      IDENTITY_HEADER: subscription.identity.header,
      NODE_EXTRA_CA_CERTS: subscription.caFile,
    }),
  };
}

function goesByAzure(properties: WireResource['properties']): boolean {
  const profile = properties?.['aadProfile'] as { readonly enableAzureRBAC?: boolean } | null | undefined;
  return profile?.enableAzureRBAC === true;
}

/** The ClusterRole and its binding, for the app's identity. */
function readerIn(clusterId: string, principalId: string): readonly ClusterObject[] {
  const [group, version] = ['rbac.authorization.k8s.io', 'v1'];
  return parseAllDocuments(clusterRoleYaml().replaceAll('PRINCIPAL_ID', principalId)).map((document) => {
    const object = document.toJS() as { readonly kind: string; readonly metadata: { readonly name: string } };
    const plural = `${object.kind.toLowerCase()}s`;
    const id = `${clusterId}/kubernetes/${group}/${version}/${plural}/${object.metadata.name}`;
    return { clusterId, id, group, version, plural, object: { ...object } };
  });
}

function tableIn(workspace: string, { name, columns }: TableDefinition): WireResource {
  const listed = Object.entries(columns).map(([column, type]) => ({
    name: column,
    type: type === 'datetime' ? 'dateTime' : type,
  }));
  return {
    id: `${workspace}/tables/${name}`,
    name,
    type: 'Microsoft.OperationalInsights/workspaces/tables',
    properties: {
      plan: 'Analytics',
      retentionInDays: 90,
      totalRetentionInDays: 365,
      provisioningState: 'Succeeded',
      schema: { name, columns: listed },
    },
  };
}

/** The workspace is onboarded, and Steward's own rules have just been made in it. */
function sentinelOf(workspace: string): readonly WireResource[] {
  const insights = `${workspace}/providers/Microsoft.SecurityInsights`;
  return [
    {
      id: `${insights}/onboardingStates/default`,
      name: 'default',
      type: 'Microsoft.SecurityInsights/onboardingStates',
      properties: {},
    },
    ...ownRules.map(({ id, kind, properties }) => ({
      id: `${insights}/alertRules/${id}`,
      name: id,
      type: 'Microsoft.SecurityInsights/alertRules',
      kind,
      properties: { ...properties, enabled: true, lastModifiedUtc: new Date().toISOString() },
    })),
  ];
}

interface Rule {
  readonly group: string;
  readonly location: string;
  readonly workspace: string;
  readonly ruleId: string;
  readonly url: string;
}

function dataCollectionRule({ group, location, workspace, ruleId, url }: Rule): WireResource {
  const declared = tables.map((table) => {
    const columns = Object.entries(table.columns).map(([name, type]) => ({ name, type }));
    return [streamOf(table), { columns }];
  });
  const flows = tables.map(streamOf).map((stream) => ({
    streams: [stream],
    destinations: ['sentinel'],
    outputStream: stream,
  }));
  return {
    id: `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr-steward`,
    name: 'dcr-steward',
    type: 'Microsoft.Insights/dataCollectionRules',
    location,
    kind: 'Direct',
    properties: {
      immutableId: ruleId,
      endpoints: { logsIngestion: url },
      streamDeclarations: Object.fromEntries(declared) as unknown,
      destinations: { logAnalytics: [{ workspaceResourceId: workspace, name: 'sentinel' }] },
      dataFlows: flows,
      provisioningState: 'Succeeded',
    },
  };
}

function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
