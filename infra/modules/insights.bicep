metadata description = 'Telemetry of the app itself, without keys.'

import { tagsOf } from '../types.bicep'

@description('Where it lives.')
param location string

@description('Name of the component.')
param name string

@description('ARM id of the workspace.')
param workspaceId string

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the app\'s identity: names of role assignments have to be known before the deployment.')
param identityName string

@description('Tags of every resource.')
param tags tagsOf

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspaceId
  }
}

// Monitoring Metrics Publisher
var publisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, identityName, publisher)
  scope: component
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisher)
  }
}

@description('ARM id of the component.')
output id string = component.id

@description('Where telemetry is sent; it holds no key that opens anything.')
output connectionString string = component.properties.ConnectionString
