import type { WireResource } from './subscription/index';

export const functionApp = 'func-steward';

/** What the event subscription of the deployment lets through: 25 values at most. */
export const operationNames = [
  ...[
    'Microsoft.Network/virtualNetworks',
    'Microsoft.Network/virtualNetworks/subnets',
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.Network/networkWatchers',
    'Microsoft.Network/networkWatchers/flowLogs',
    'Microsoft.Storage/storageAccounts',
    'Microsoft.Storage/storageAccounts/managementPolicies',
    'Microsoft.Authorization/policyAssignments',
    'Microsoft.Authorization/policyExemptions',
  ].flatMap((type) => [`${type}/write`, `${type}/delete`]),
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.ContainerService/managedClusters/agentPools/write',
  'Microsoft.ContainerRegistry/registries/write',
  'Microsoft.KeyVault/vaults/write',
  'Microsoft.Network/applicationGateways/write',
  'Microsoft.Compute/disks/write',
  'Microsoft.Resources/tags/write',
];

/** The system topic of the subscription and its event subscription to the function of the app. */
export function eventResources(subscriptionId: string, group: string): readonly WireResource[] {
  const topic = `${group}/providers/Microsoft.EventGrid/systemTopics/evgt-steward`;
  return [
    {
      id: topic,
      name: 'evgt-steward',
      type: 'Microsoft.EventGrid/systemTopics',
      location: 'global',
      properties: {
        source: `/subscriptions/${subscriptionId}`,
        topicType: 'Microsoft.Resources.Subscriptions',
        provisioningState: 'Succeeded',
      },
    },
    {
      id: `${topic}/eventSubscriptions/evgs-steward`,
      name: 'evgs-steward',
      type: 'Microsoft.EventGrid/systemTopics/eventSubscriptions',
      properties: {
        destination: {
          endpointType: 'AzureFunction',
          properties: {
            resourceId: `${group}/providers/Microsoft.Web/sites/${functionApp}/functions/resource-changed`,
          },
        },
        filter: {
          includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess'],
          advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values: operationNames }],
        },
        eventDeliverySchema: 'EventGridSchema',
        provisioningState: 'Succeeded',
      },
    },
  ];
}
