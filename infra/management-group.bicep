metadata name = 'Steward in many subscriptions'
metadata description = 'One Steward in each subscription of a list: events of a management group do not exist, so each has its own.'

targetScope = 'managementGroup'

import { settingsOf, tagsOf } from 'types.bicep'

@description('Ids of the subscriptions.')
@minLength(1)
param subscriptionIds string[]

@description('Address of the file steward.zip of a release.')
param packageUri string

@description('Where the apps live.')
param location string = deployment().location

@description('Name of the deployments: resources are named after it.')
@minLength(2)
@maxLength(20)
param environmentName string = 'steward'

@description('ARM id of the Log Analytics workspace that takes the findings of all; empty: one in each subscription.')
param workspaceId string = ''

@description('Ids of the controls that may write, as flow-logs. Empty: audit only, and no right to write anything but the canary\'s tag on Steward\'s own resource group.')
param remediate string[] = []

@description('Assign the initiative that refuses resources to the management group, too; first with DoNotEnforce.')
param denyPolicies bool = false

@description('ARM ids of Event Grid system topics that subscriptions have already, by subscription id.')
param existingSystemTopicIds settingsOf = {}

@description('Other settings of the apps, as MOST_WRITES_AN_HOUR.')
param settings settingsOf = {}

@description('Tags of every resource.')
param tags tagsOf = {}

// Once, for all subscriptions below.
module policies 'modules/policies-management-group.bicep' = {
  params: { denyPolicies: denyPolicies }
}

// The first one prepares the workspace that all share.
module first 'azuredeploy.bicep' = {
  scope: subscription(subscriptionIds[0])
  params: {
    packageUri: packageUri
    environmentName: environmentName
    location: location
    remediate: remediate
    workspaceId: workspaceId
    deployPolicies: false
    existingSystemTopicId: existingSystemTopicIds[?subscriptionIds[0]] ?? ''
    settings: settings
    tags: tags
  }
}

@batchSize(10)
module others 'azuredeploy.bicep' = [
  for id in skip(subscriptionIds, 1): {
    scope: subscription(id)
    params: {
      packageUri: packageUri
      environmentName: environmentName
      location: location
      remediate: remediate
      workspaceId: workspaceId
      preparesWorkspace: empty(workspaceId)
      deployPolicies: false
      existingSystemTopicId: existingSystemTopicIds[?id] ?? ''
      settings: settings
      tags: tags
    }
    dependsOn: [first]
  }
]

// Policies that are assigned to the group, or to one above a subscription, are read by each Steward.
module firstReader 'modules/management-group-reader.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting
    principalId: first.outputs.STEWARD_PRINCIPAL_ID
    subscriptionId: subscriptionIds[0]
  }
}

module otherReaders 'modules/management-group-reader.bicep' = [
  for (id, i) in skip(subscriptionIds, 1): {
    params: {
      #disable-next-line what-if-short-circuiting
      principalId: others[i].outputs.STEWARD_PRINCIPAL_ID
      subscriptionId: id
    }
  }
]
