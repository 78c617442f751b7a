import type { ResourceType } from '../cloud';
import { key } from '../ids';
import { alertRules } from './alert-rules';
import { flowLogs } from './flow-logs';
import { networkSecurityGroups, networkWatchers, networkResource, virtualNetworks } from './network';
import { dataCollectionRules, managedClusters, policyAssignments, policyDefinitions } from './others';
import { policySetDefinitions, userAssignedIdentities, workspaces } from './others';
import { managementPolicies, storageAccounts } from './storage';

/** Types that are more than stored JSON, and the quirks of their answers that Azure's specifications state. */
const registry: Readonly<Record<string, ResourceType>> = {
  'microsoft.network/virtualnetworks': virtualNetworks,
  'microsoft.network/networksecuritygroups': networkSecurityGroups,
  'microsoft.network/networkwatchers': networkWatchers,
  'microsoft.network/networkwatchers/flowlogs': flowLogs,
  'microsoft.storage/storageaccounts': storageAccounts,
  'microsoft.storage/storageaccounts/managementpolicies': managementPolicies,
  'microsoft.containerservice/managedclusters': managedClusters,
  'microsoft.operationalinsights/workspaces': workspaces,
  'microsoft.insights/datacollectionrules': dataCollectionRules,
  'microsoft.managedidentity/userassignedidentities': userAssignedIdentities,
  'microsoft.resources/resourcegroups': { remove: 'accepted', located: true, hasProvisioningState: true },
  'microsoft.securityinsights/alertrules': alertRules,
  'microsoft.authorization/policyassignments': policyAssignments,
  'microsoft.authorization/policydefinitions': policyDefinitions,
  'microsoft.authorization/policysetdefinitions': policySetDefinitions,
  'microsoft.authorization/roleassignments': { removalShowsResource: true },
  'microsoft.insights/diagnosticsettings': { statuses: { created: 200, updated: 200 } },
};

/** Types beside Microsoft.Network whose properties have a provisioningState. */
const withProvisioningState = [
  'microsoft.compute/',
  'microsoft.containerregistry/registries',
  'microsoft.containerservice/',
  'microsoft.eventgrid/',
  'microsoft.insights/datacollectionendpoints',
  'microsoft.keyvault/vaults',
];

export function resourceTypeOf(type: string): ResourceType {
  const wanted = key(type);
  const known = registry[wanted];
  if (known !== undefined) return known;
  if (wanted.startsWith('microsoft.network/')) return networkResource;
  return withProvisioningState.some((prefix) => wanted.startsWith(prefix)) ? { hasProvisioningState: true } : {};
}
