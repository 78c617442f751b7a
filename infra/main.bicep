metadata name = 'Steward'
metadata description = 'Everything of Steward in one subscription but its code and its event subscription, which come after it.'

targetScope = 'subscription'

import { appNameOf, settingsOf, tagsOf, tokenOf } from 'types.bicep'

@description('Name of this deployment: resources are named after it.')
@minLength(2)
@maxLength(20)
param environmentName string = 'steward'

@description('Where the app lives.')
param location string = deployment().location

@description('Resource group that is made for Steward; new flow-log accounts and Network Watchers are made there, too.')
param resourceGroupName string = 'rg-${environmentName}'

@description('Tags of every resource.')
param tags tagsOf = {}

@description('Ids of the controls that may write, as flow-logs. Empty: audit only, and no right to write anything but the canary\'s tag on Steward\'s own resource group.')
param remediate string[] = []

@description('Whether a tag of Steward\'s own resource group is written every hour, to see whether its event comes.')
param canary bool = true

@description('Whether the app may read what is in clusters, Secrets never. Without it, what is in clusters is unknown.')
param readClusters bool = true

@description('Other settings of the app, as MOST_WRITES_AN_HOUR; they win over what this template sets.')
param settings settingsOf = {}

@description('Days that flow logs have to be kept at least; 0 is for ever.')
@minValue(0)
@maxValue(99999)
param flowLogRetentionDays int = 90

@description('Regions for which a storage account for flow logs is made here, as westeurope.')
param flowLogRegions string[] = []

@description('Storage accounts for flow logs that are there already, by region: their ARM ids.')
param flowLogStorage settingsOf = {}

@description('ARM id of the Log Analytics workspace that takes findings; empty: one is made.')
param workspaceId string = ''

@description('ARM id of the workspace that traffic analytics uses; empty: the one that takes findings.')
param trafficAnalyticsWorkspaceId string = ''

@description('ARM ids of storage accounts that flow logs write to which were there before: logs that write to other accounts of others are not put right.')
param existingFlowLogStorageIds string[] = []

@description('ARM ids of workspaces that traffic analytics of flow logs uses which were there before.')
param existingAnalyticsWorkspaceIds string[] = []

@description('Whether flow logs of network security groups may be put right: Azure asks for the right to write the groups.')
param securityGroupLogs bool = false

@description('Further actions that assigned policies need to look something up; each ends with /read.')
param furtherReads string[] = []

@description('False: another deployment makes the tables in the workspace, and puts the content there.')
param preparesWorkspace bool = true

@description('Days that findings can be queried; the first 90 cost nothing where Microsoft Sentinel is on.')
@minValue(30)
@maxValue(730)
param findingsRetentionDays int = 90

@description('Days that findings are kept in all.')
@minValue(30)
@maxValue(4383)
param findingsTotalRetentionDays int = 365

@description('Whether Microsoft Sentinel is switched on for the workspace; its price is per GB.')
param onboardSentinel bool = true

@description('What of Steward\'s content goes to the workspace: with rules that run, with rules that are switched off, or nothing.')
@allowed(['enabled', 'disabled', 'none'])
param sentinelContent string = 'enabled'

@description('Whether Steward\'s policy definitions and initiatives are made and assigned in this subscription; false where a management group has them.')
param deployPolicies bool = true

@description('How the initiative that audits is in force; either way nothing is refused.')
@allowed(['DoNotEnforce', 'Default'])
param auditEnforcement string = 'DoNotEnforce'

@description('Assign the initiative that refuses resources, too.')
param denyPolicies bool = false

@description('How the refusing initiative is in force: first DoNotEnforce, to compare states, then Default.')
@allowed(['DoNotEnforce', 'Default'])
param denyEnforcement string = 'DoNotEnforce'

@description('Namespaces of security and node agents, in which nothing is refused. The system namespaces are left out in any case.')
param agentNamespaces string[] = []

@description('ARM ids of resource groups and resources that the assignments leave out.')
param policyNotScopes string[] = []

@description('Action groups that are told of poison messages, a silent Steward and failed remedies; empty: no such alerts.')
param actionGroupIds string[] = []

@description('Flex Consumption, or a dedicated plan in clouds and regions without it.')
@allowed(['FlexConsumption', 'Dedicated'])
param hosting string = 'FlexConsumption'

@description('Major version of Node: 24 is supported until April 2028, 22 until April 2027.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('Client id of the Microsoft Entra application that callers of the API sign in to; empty: a key for each function.')
param entraClientId string = ''

@description('True: the app has a network of its own and reaches its storage by private endpoints only.')
param privateNetworking bool = false

@description('Address space of that network, /26 or larger.')
param networkAddressPrefix string = '10.255.255.0/26'

@description('Days that no line of the ledger can be changed or removed, not even by its owner.')
@minValue(1)
@maxValue(146000)
param ledgerRetentionDays int = 365

@description('How often the app\'s storage, which holds the ledger, is copied: zone-redundant where the region has zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

var token = tokenOf(subscription().id, environmentName, location)
var ownTags = union(tags, { application: 'Steward', 'azd-env-name': environmentName })
var packageContainer = 'app-package'
var identityName = 'id-steward-${token}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: ownTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { location: location, name: identityName, tags: ownTags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    location: location
    name: 'ststeward${token}'
    tags: ownTags
    principalId: identity.outputs.principalId
    identityName: identityName
    packageContainer: packageContainer
    ledgerRetentionDays: ledgerRetentionDays
    skuName: storageSku
    isPublic: !privateNetworking
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    location: location
    name: 'vnet-steward-${token}'
    addressPrefix: networkAddressPrefix
    storageAccountId: storage.outputs.id
    tags: ownTags
  }
}

var appSubnetId = network.?outputs.appSubnetId ?? ''

var flowLogNames = [for region in flowLogRegions: 'stflow${uniqueString(subscription().id, environmentName, region)}']

module flowLogAccounts 'modules/flow-log-storage.bicep' = [
  for (region, i) in flowLogRegions: {
    scope: group
    params: {
      location: region
      name: flowLogNames[i]
      retentionDays: flowLogRetentionDays
      appSubnetId: appSubnetId
      tags: ownTags
    }
  }
]

// Known before the deployment, for rights are given on it.
var findingsWorkspaceId = empty(workspaceId)
  ? resourceId(
      subscription().subscriptionId,
      resourceGroupName,
      'Microsoft.OperationalInsights/workspaces',
      'log-steward-${token}'
    )
  : workspaceId
var workspaceSegments = split(findingsWorkspaceId, '/')
var workspaceName = last(workspaceSegments)

module workspace 'modules/workspace.bicep' = if (empty(workspaceId)) {
  scope: group
  params: {
    location: location
    name: workspaceName
    retentionDays: findingsRetentionDays
    tags: ownTags
  }
}

module tables 'modules/tables.bicep' = {
  scope: resourceGroup(workspaceSegments[2], workspaceSegments[4])
  params: {
    workspaceName: workspaceName
    retentionDays: findingsRetentionDays
    totalRetentionDays: findingsTotalRetentionDays
    onboardSentinel: onboardSentinel
    preparesWorkspace: preparesWorkspace
  }
  dependsOn: [workspace]
}

module policies 'modules/policies.bicep' = if (deployPolicies) {
  params: {
    auditEnforcement: auditEnforcement
    denyPolicies: denyPolicies
    denyEnforcement: denyEnforcement
    agentNamespaces: agentNamespaces
    notScopes: policyNotScopes
  }
}

module sentinel 'modules/sentinel.bicep' = if (preparesWorkspace && onboardSentinel && sentinelContent != 'none') {
  scope: resourceGroup(workspaceSegments[2], workspaceSegments[4])
  params: {
    workspaceName: workspaceName
    location: tables.outputs.location
    enableRules: sentinelContent == 'enabled'
    tags: ownTags
  }
}

module alerts 'modules/alerts.bicep' = if (preparesWorkspace && !empty(actionGroupIds)) {
  scope: resourceGroup(workspaceSegments[2], workspaceSegments[4])
  params: {
    workspaceName: workspaceName
    location: tables.outputs.location
    actionGroupIds: actionGroupIds
    tags: ownTags
  }
}

module ingestion 'modules/ingestion.bicep' = {
  scope: group
  params: {
    location: tables.outputs.location
    name: 'dcr-steward-${token}'
    workspaceId: findingsWorkspaceId
    principalId: identity.outputs.principalId
    identityName: identityName
    tags: ownTags
  }
}

module insights 'modules/insights.bicep' = {
  scope: group
  params: {
    location: location
    name: 'appi-steward-${token}'
    workspaceId: findingsWorkspaceId
    principalId: identity.outputs.principalId
    identityName: identityName
    tags: ownTags
  }
}

var analyticsWorkspaceId = empty(trafficAnalyticsWorkspaceId) ? findingsWorkspaceId : trafficAnalyticsWorkspaceId

module roles 'modules/roles.bicep' = {
  params: {
    // Names of assignments at the subscription have the identity in them: they outlive the resource group.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    remediate: remediate
    ownResourceGroupName: group.name
    flowLogStorageIds: union(map(items(flowLogStorage), entry => entry.value), existingFlowLogStorageIds)
    workspaceIds: union([analyticsWorkspaceId], existingAnalyticsWorkspaceIds)
    canary: canary
    securityGroupLogs: securityGroupLogs
    furtherReads: furtherReads
    readClusters: readClusters
  }
  dependsOn: [workspace, tables]
}

var ownFlowLogStorage = [
  for (region, i) in flowLogRegions: '${region}=${group.id}/providers/Microsoft.Storage/storageAccounts/${flowLogNames[i]}'
]
var givenFlowLogStorage = [for entry in items(flowLogStorage): '${entry.key}=${entry.value}']

// Azure's own clouds; the audience of log ingestion is in none of the template functions.
var ingestionAudiences = {
  AzureCloud: 'https://monitor.azure.com'
  AzureUSGovernment: 'https://monitor.azure.us'
  AzureChinaCloud: 'https://monitor.azure.cn'
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    location: location
    name: appNameOf(subscription().id, environmentName, location)
    tags: ownTags
    hosting: hosting
    nodeVersion: nodeVersion
    identityId: identity.outputs.id
    packageContainerUrl: '${storage.outputs.endpoints.blob}${packageContainer}'
    subnetId: appSubnetId
    entraClientId: entraClientId
    settings: union(
      {
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: identity.outputs.clientId
        AzureWebJobsStorage__blobServiceUri: storage.outputs.endpoints.blob
        AzureWebJobsStorage__queueServiceUri: storage.outputs.endpoints.queue
        AzureWebJobsStorage__tableServiceUri: storage.outputs.endpoints.table
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.outputs.connectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
        AZURE_CLIENT_ID: identity.outputs.clientId
        AZURE_RESOURCE_MANAGER_ENDPOINT: environment().resourceManager
        AZURE_RESOURCE_MANAGER_AUDIENCE: environment().authentication.audiences[0]
        LOGS_INGESTION_ENDPOINT: ingestion.outputs.endpoint
        LOGS_INGESTION_RULE_ID: ingestion.outputs.immutableId
        LOGS_INGESTION_AUDIENCE: ingestionAudiences[environment().name]
        SUBSCRIPTION_IDS: subscription().subscriptionId
        STEWARD_RESOURCE_GROUP_ID: group.id
        REMEDIATE: join(remediate, ',')
        FLOW_LOG_RETENTION_DAYS: string(flowLogRetentionDays)
        FLOW_LOG_STORAGE: join(concat(ownFlowLogStorage, givenFlowLogStorage), ',')
        TRAFFIC_ANALYTICS_WORKSPACE_ID: analyticsWorkspaceId
        CANARY: canary ? 'hourly' : 'off'
      },
      settings
    )
  }
}

// azd keeps outputs as variables of its environment; the next layer and the hooks read them.
@description('Resource group of Steward.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Object id of the app\'s identity.')
output STEWARD_PRINCIPAL_ID string = identity.outputs.principalId

@description('Name of the app.')
output STEWARD_APP_NAME string = app.outputs.name

@description('ARM id of the app.')
output STEWARD_APP_ID string = app.outputs.id

@description('Where the API answers.')
output STEWARD_API_URI string = 'https://${app.outputs.hostName}/api'

@description('ARM id of the workspace that takes findings.')
output STEWARD_FINDINGS_WORKSPACE_ID string = findingsWorkspaceId
