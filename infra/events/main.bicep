metadata name = 'Events of Steward'
metadata description = 'The event subscription, once the app and its code are there: its function has to exist first.'

targetScope = 'subscription'

import { tagsOf } from '../types.bicep'

@description('Resource group of Steward.')
param resourceGroupName string

@description('Name of the app.')
param appName string

@description('ARM id of the subscription\'s system topic, where it has one; a subscription can have only one. Empty: one is made.')
param existingSystemTopicId string = ''

@description('Tags of every resource.')
param tags tagsOf = {}

var hasTopic = !empty(existingSystemTopicId)
var topicSegments = split(existingSystemTopicId, '/')
var topicGroup = hasTopic ? topicSegments[4] : resourceGroupName
var topicName = hasTopic ? last(topicSegments) : 'evgt-steward-${uniqueString(subscription().id)}'

module events '../modules/events.bicep' = {
  scope: resourceGroup(topicGroup)
  params: {
    functionId: resourceId(
      subscription().subscriptionId,
      resourceGroupName,
      'Microsoft.Web/sites/functions',
      appName,
      'resource-changed'
    )
    topicName: topicName
    topicExists: hasTopic
    tags: union(tags, { application: 'Steward' })
  }
}

@description('ARM id of the event subscription.')
output eventSubscriptionId string = events.outputs.id
