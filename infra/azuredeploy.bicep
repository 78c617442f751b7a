metadata name = 'Steward'
metadata description = 'Keeps the regulated AKS landing zones of a subscription right: app, rights, events, policies and Microsoft Sentinel content in one deployment.'

targetScope = 'subscription'

import { appNameOf, settingsOf, tagsOf } from 'types.bicep'

@description('Address of the file steward.zip of a release.')
param packageUri string

@description('Name of this deployment: resources are named after it.')
@minLength(2)
@maxLength(20)
param environmentName string = 'steward'

@description('Where the app lives.')
param location string = deployment().location

@description('Ids of the controls that may write, as flow-logs. Empty: audit only, and no right to write anything but the canary\'s tag on Steward\'s own resource group.')
param remediate string[] = []

@description('Days that flow logs have to be kept at least; 0 is for ever.')
@minValue(0)
@maxValue(99999)
param flowLogRetentionDays int = 90

@description('Regions for which a storage account for flow logs is made, as westeurope.')
param flowLogRegions string[] = []

@description('ARM id of the Log Analytics workspace that takes findings; empty: one is made, with Microsoft Sentinel.')
param workspaceId string = ''

@description('False: another deployment makes the tables in the workspace, and puts the content there.')
param preparesWorkspace bool = true

@description('Whether Microsoft Sentinel is switched on for the workspace; its price is per GB.')
param onboardSentinel bool = true

@description('What of Steward\'s content goes to the workspace: with rules that run, with rules that are switched off, or nothing.')
@allowed(['enabled', 'disabled', 'none'])
param sentinelContent string = 'enabled'

@description('Whether Steward\'s policy definitions and initiatives are made and assigned in this subscription; false where a management group has them.')
param deployPolicies bool = true

@description('Assign the initiative that refuses resources, too; first with DoNotEnforce.')
param denyPolicies bool = false

@description('ARM id of the subscription\'s Event Grid system topic, where it has one; a subscription can have only one. Empty: one is made.')
param existingSystemTopicId string = ''

@description('Action groups that are told of poison messages, a silent Steward and failed remedies; empty: no such alerts.')
param actionGroupIds string[] = []

@description('True: the app has a network of its own and reaches its storage by private endpoints only.')
param privateNetworking bool = false

@description('Flex Consumption, or a dedicated plan in clouds and regions without it.')
@allowed(['FlexConsumption', 'Dedicated'])
param hosting string = 'FlexConsumption'

@description('Client id of the Microsoft Entra application that callers of the API sign in to; empty: a key for each function.')
param entraClientId string = ''

@description('Other settings of the app, as MOST_WRITES_AN_HOUR; they win over what this template sets.')
param settings settingsOf = {}

@description('Tags of every resource.')
param tags tagsOf = {}

var resourceGroupName = 'rg-${environmentName}'
var appName = appNameOf(subscription().id, environmentName, location)

module core 'main.bicep' = {
  params: {
    environmentName: environmentName
    location: location
    resourceGroupName: resourceGroupName
    remediate: remediate
    flowLogRetentionDays: flowLogRetentionDays
    flowLogRegions: flowLogRegions
    workspaceId: workspaceId
    preparesWorkspace: preparesWorkspace
    onboardSentinel: onboardSentinel
    sentinelContent: sentinelContent
    deployPolicies: deployPolicies
    denyPolicies: denyPolicies
    actionGroupIds: actionGroupIds
    privateNetworking: privateNetworking
    hosting: hosting
    entraClientId: entraClientId
    settings: settings
    tags: tags
  }
}

module code 'modules/code.bicep' = {
  scope: resourceGroup(resourceGroupName)
  params: { appName: appName, packageUri: packageUri }
  dependsOn: [core]
}

module events 'events/main.bicep' = {
  params: {
    resourceGroupName: resourceGroupName
    appName: appName
    existingSystemTopicId: existingSystemTopicId
    tags: tags
  }
  dependsOn: [code]
}

@description('Where the API answers.')
output STEWARD_API_URI string = core.outputs.STEWARD_API_URI

@description('Object id of the app\'s identity.')
output STEWARD_PRINCIPAL_ID string = core.outputs.STEWARD_PRINCIPAL_ID
