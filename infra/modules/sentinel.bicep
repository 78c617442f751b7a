metadata description = 'Microsoft Sentinel content: analytics rules, parser functions, hunting queries, the workbook and the connector page. The workspace has its tables and is onboarded to Microsoft Sentinel.'

import { tagsOf } from '../types.bicep'

@description('Workspace of this resource group.')
param workspaceName string

@description('Region of the workbook.')
param location string = resourceGroup().location

@description('Whether the analytics rules run; otherwise they are there and switched off.')
param enableRules bool

@description('Tags of every resource.')
param tags tagsOf

var content = loadJsonContent('../generated/sentinel.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource savedSearches 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [
  for search in content.savedSearches: {
    parent: workspace
    name: search.name
    properties: search.properties
  }
]

resource rules 'Microsoft.SecurityInsights/alertRules@2025-09-01' = [
  for rule in content.rules: {
    scope: workspace
    name: rule.id
    kind: 'Scheduled'
    properties: union(rule.properties, { enabled: enableRules })
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, content.workbook.id)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: content.workbook.displayName
    serializedData: string(content.workbook.data)
    version: content.workbook.version
    category: 'sentinel'
    sourceId: workspace.id
  }
}

resource connector 'Microsoft.SecurityInsights/dataConnectorDefinitions@2025-09-01' = {
  scope: workspace
  name: content.connector.name
  kind: 'Customizable'
  properties: content.connector.properties
}

@description('ARM id of the workbook.')
output workbookId string = workbook.id
