metadata description = 'A Log Analytics workspace of its own, where none is named.'

import { tagsOf } from '../types.bicep'

@description('Where the workspace lives.')
param location string

@description('Name of the workspace.')
param name string

@description('Days that tables without a retention of their own are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Tags of every resource.')
param tags tagsOf

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: {
      // Traffic analytics asks for the workspace's keys (Network Watcher: required RBAC permissions).
      disableLocalAuth: false
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

@description('ARM id of the workspace.')
output id string = workspace.id
