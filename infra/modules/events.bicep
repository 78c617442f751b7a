metadata description = 'The subscription\'s own events, and what of them goes to the app.'

import { tagsOf } from '../types.bicep'

@description('ARM id of the app\'s function that takes events; it has to be there.')
param functionId string

@description('Name of the system topic, in this resource group.')
param topicName string

@description('The subscription has a system topic of that name; it can have only one.')
param topicExists bool

@description('Tags of every resource.')
param tags tagsOf

var families = loadJsonContent('../generated/event-filter.json')

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (!topicExists) {
  name: topicName
  // Events of a subscription are global, and such a topic cannot have an identity (Event Grid: system topics).
  location: 'global'
  tags: tags
  properties: {
    source: subscription().id
    topicType: 'Microsoft.Resources.Subscriptions'
  }
}

resource existingTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource changes 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: existingTopic
  name: 'steward'
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: functionId
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess', 'Microsoft.Resources.ResourceDeleteSuccess']
      enableAdvancedFilteringOnArrays: true
      advancedFilters: [{ operatorType: 'StringBeginsWith', key: 'data.operationName', values: families }]
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
  dependsOn: [topic]
}

@description('ARM id of the event subscription.')
output id string = changes.id
