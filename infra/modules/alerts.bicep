metadata description = 'Alerts of Azure Monitor for those without Microsoft Sentinel: poison messages, a silent remediator, failed remediation.'

import { tagsOf } from '../types.bicep'

@description('Workspace of this resource group that has the tables.')
param workspaceName string

@description('Region of the alerts: that of the workspace.')
param location string = resourceGroup().location

@description('Action groups that are told, by id. Empty: the alerts are only shown.')
param actionGroupIds string[] = []

@description('Tags of every resource.')
param tags tagsOf

var content = loadJsonContent('../generated/alerts.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in content.alerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: union(alert.properties, {
      enabled: true
      scopes: [workspace.id]
      targetResourceTypes: ['Microsoft.OperationalInsights/workspaces']
      actions: {
        actionGroups: actionGroupIds
      }
    })
  }
]
