import { eventFamilies } from '../../infra/compile/event-filter';
import type { WireResource } from './subscription/index';

export const functionApp = 'func-steward';

/** The system topic of a subscription and its event subscription to the function of the app, whose group is told. */
export function eventResources(subscriptionId: string, group: string): readonly WireResource[] {
  const topic = `${group.replace(/^\/subscriptions\/[^/]+/, `/subscriptions/${subscriptionId}`)}/providers/Microsoft.EventGrid/systemTopics/evgt-steward`;
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
          advancedFilters: [{ operatorType: 'StringBeginsWith', key: 'data.operationName', values: eventFamilies() }],
        },
        eventDeliverySchema: 'EventGridSchema',
        provisioningState: 'Succeeded',
      },
    },
  ];
}
