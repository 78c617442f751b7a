metadata description = 'The data collection rule that fills Steward\'s tables, with an endpoint of its own.'

import { tagsOf } from '../types.bicep'

@description('Where the workspace lives.')
param location string

@description('Name of the rule.')
param name string

@description('ARM id of the workspace.')
param workspaceId string

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the app\'s identity: names of role assignments have to be known before the deployment.')
param identityName string

@description('Tags of every resource.')
param tags tagsOf

var definitions = loadJsonContent('../generated/tables.json')

resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: name
  location: location
  tags: tags
  kind: 'Direct'
  properties: {
    description: 'Takes what Steward found.'
    streamDeclarations: toObject(definitions, each => each.stream, each => { columns: each.streamColumns })
    destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspaceId }] }
    dataFlows: [
      for each in definitions: {
        streams: [each.stream]
        destinations: ['workspace']
        outputStream: each.stream
        transformKql: 'source'
      }
    ]
  }
}

// Monitoring Metrics Publisher
var publisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(rule.id, identityName, publisher)
  scope: rule
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisher)
  }
}

@description('Logs ingestion endpoint.')
output endpoint string = rule.properties.endpoints.logsIngestion

@description('Immutable id of the rule.')
output immutableId string = rule.properties.immutableId
