import type { ResourceType } from '../cloud';
import { nameOf, resourceGroupOf } from '../ids';
import { showVersions } from '../policy-versions';
import type { Fields, WireResource } from '../wire';
import { fieldsOf, itemsOf, without } from '../wire';
import { guidOf } from './network';

export const managedClusters: ResourceType = {
  hasProvisioningState: true,
  put: 'operation',
  remove: 'accepted',
  pendingState: 'Creating',
  located: true,
  complete: (cluster) => ({
    ...cluster,
    properties: {
      nodeResourceGroup: `MC_${resourceGroupOf(cluster.id) ?? ''}_${nameOf(cluster.id)}_${cluster.location ?? ''}`,
      maxAgentPools: 100,
      ...cluster.properties,
      powerState: { code: 'Running' },
      agentPoolProfiles: itemsOf(cluster.properties?.['agentPoolProfiles']).map((pool) => ({
        ...pool,
        powerState: { code: 'Running' },
        provisioningState: 'Succeeded',
      })),
    },
  }),
};

export const workspaces: ResourceType = {
  hasProvisioningState: true,
  located: true,
  complete: (workspace) =>
    withProperties(workspace, {
      retentionInDays: 30,
      sku: { name: 'PerGB2018' },
      publicNetworkAccessForIngestion: 'Enabled',
      publicNetworkAccessForQuery: 'Enabled',
      customerId: guidOf(workspace.id),
    }),
};

export const dataCollectionRules: ResourceType = {
  hasProvisioningState: true,
  hasEtag: true,
  located: true,
  complete: (rule, _existing, cloud) =>
    withProperties(rule, {
      immutableId: `dcr-${guidOf(rule.id).replaceAll('-', '')}`,
      ...(rule.kind === 'Direct' ? { endpoints: { logsIngestion: cloud.origin } } : {}),
    }),
};

export const userAssignedIdentities: ResourceType = {
  located: true,
  complete: (identity, _existing, cloud) =>
    withProperties(identity, {
      tenantId: cloud.settings.tenantId,
      principalId: guidOf(`${identity.id}/principal`),
      clientId: guidOf(`${identity.id}/client`),
    }),
};

export const policyAssignments: ResourceType = {
  statuses: { created: 201, updated: 201 },
  removalShowsResource: true,
  complete: (assignment) => ({
    ...assignment,
    properties: {
      enforcementMode: 'Default',
      ...assignment.properties,
      scope: assignment.id.slice(0, assignment.id.toLowerCase().lastIndexOf('/providers/')),
    },
  }),
};

export const policyDefinitions: ResourceType = {
  statuses: { created: 201, updated: 201 },
  complete: (definition) => withProperties(withoutVersions(definition), { policyType: 'Custom', mode: 'Indexed' }),
  show: (definition, { store }) => showVersions(definition, store),
};

export const policySetDefinitions: ResourceType = {
  complete: (initiative) => withProperties(withoutVersions(initiative), { policyType: 'Custom' }),
  show: (initiative, { store }) => showVersions(initiative, store),
};

/** Which versions there are is read-only. */
const withoutVersions = (definition: WireResource): WireResource => ({
  ...definition,
  properties: without(fieldsOf(definition.properties), 'versions'),
});

/** Values that a caller gave win, so that an estate can say which GUID a workspace has. */
const withProperties = (resource: WireResource, defaults: Fields): WireResource => ({
  ...resource,
  properties: { ...defaults, ...resource.properties },
});
