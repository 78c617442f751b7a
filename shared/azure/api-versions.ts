/**
 * The version that each type is read with. It has to know every property that a rule reads: what a version does not
 * know is absent from its answer, and absent has a meaning.
 */
const versions: Readonly<Record<string, string>> = {
  'microsoft.network/virtualnetworks': '2025-05-01',
  'microsoft.network/networksecuritygroups': '2025-05-01',
  'microsoft.network/networkinterfaces': '2025-05-01',
  'microsoft.network/networkwatchers': '2025-05-01',
  'microsoft.network/networkwatchers/flowlogs': '2025-05-01',
  'microsoft.storage/storageaccounts': '2025-06-01',
  'microsoft.storage/storageaccounts/managementpolicies': '2025-06-01',
  'microsoft.operationalinsights/workspaces': '2025-07-01',
  'microsoft.operationalinsights/workspaces/tables': '2025-07-01',
  // The question to the tables of a workspace; what begins with `api/` in its path is out of support.
  'microsoft.operationalinsights/workspaces/query/usage': '2017-10-01',
  'microsoft.authorization/policyassignments': '2025-03-01',
  'microsoft.authorization/policydefinitions': '2025-03-01',
  'microsoft.authorization/policysetdefinitions': '2025-03-01',
  'microsoft.authorization/policyexemptions': '2022-07-01-preview',
  'microsoft.authorization/roleassignments': '2022-04-01',
  'microsoft.authorization/roledefinitions': '2022-04-01',
  'microsoft.containerservice/managedclusters': '2025-05-01',
  'microsoft.kubernetesconfiguration/extensions': '2023-05-01',
  'microsoft.containerregistry/registries': '2023-07-01',
  'microsoft.keyvault/vaults': '2023-07-01',
  'microsoft.compute/disks': '2024-03-02',
  'microsoft.compute/diskencryptionsets': '2024-03-02',
  'microsoft.compute/virtualmachines': '2024-11-01',
  'microsoft.compute/virtualmachinescalesets': '2024-11-01',
  'microsoft.compute/skus': '2021-07-01',
  'microsoft.compute/locations/usages': '2024-11-01',
  // The id of a feature ends with the namespace that it belongs to.
  'microsoft.compute/features': '2021-07-01',
  'microsoft.features/providers/features': '2021-07-01',
  'microsoft.keyvault/vaults/keys': '2023-07-01',
  'microsoft.keyvault/vaults/keys/versions': '2023-07-01',
  'microsoft.network/applicationgateways': '2025-05-01',
  'microsoft.network/privateendpoints': '2025-05-01',
  'microsoft.network/privateendpoints/privatednszonegroups': '2025-05-01',
  'microsoft.network/privatednszones/virtualnetworklinks': '2024-06-01',
  'microsoft.insights/diagnosticsettings': '2021-05-01-preview',
  'microsoft.insights/datacollectionruleassociations': '2024-03-11',
  'microsoft.security/pricings': '2024-01-01',
  'microsoft.authorization/locks': '2020-05-01',
  'microsoft.authorization/permissions': '2022-04-01',
  'microsoft.eventgrid/systemtopics': '2025-02-15',
  'microsoft.eventgrid/systemtopics/eventsubscriptions': '2025-02-15',
  'microsoft.insights/datacollectionendpoints': '2024-03-11',
  'microsoft.insights/datacollectionrules': '2024-03-11',
  'microsoft.securityinsights/onboardingstates': '2025-09-01',
  'microsoft.resources/providers': '2021-04-01',
  'microsoft.operationsmanagement/solutions': '2015-11-01-preview',
  'microsoft.securityinsights/alertrules': '2025-09-01',
  'microsoft.securityinsights/dataconnectors': '2025-09-01',
  'microsoft.securityinsights/automationrules': '2025-09-01',
  'microsoft.management/managementgroups': '2020-05-01',
  'microsoft.management/managementgroups/descendants': '2020-05-01',
  'microsoft.resources/resourcegroups': '2025-04-01',
  'microsoft.resources/subscriptions': '2022-12-01',
  // Interfaces of scale-set instances are served by the network provider under the compute provider's path.
  'microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces': '2018-10-01',
};

/** In lower case. */
export const pinnedTypes: readonly string[] = Object.keys(versions);

/** Undefined for a type that no control names: what an existence check asks for can be of any. */
export function apiVersionOf(type: string): string | undefined {
  return versions[type.toLowerCase()];
}
