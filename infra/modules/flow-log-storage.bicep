metadata description = 'One account for the flow logs of one region: StorageV2, firewall on, what is older than the retention is deleted.'

import { tagsOf } from '../types.bicep'

@description('Region of the networks whose flow logs it takes.')
param location string

@description('Name of the account, unique in the world.')
param name string

@description('Days that flow logs are kept; 0 is for ever.')
@minValue(0)
@maxValue(99999)
param retentionDays int

@description('ARM id of the subnet that the app sends from; empty: no network rule.')
param appSubnetId string

@description('Tags of every resource.')
param tags tagsOf

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    // Network Watcher tries the key first and falls back to a token (Network Watcher: flow logs FAQ).
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      virtualNetworkRules: empty(appSubnetId) ? [] : [{ id: appSubnetId, action: 'Allow' }]
    }
  }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (retentionDays > 0) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'steward-flow-logs'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['insights-logs-flowlogflowevent/', 'insights-logs-networksecuritygroupflowevent/']
            }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: retentionDays } } }
          }
        }
      ]
    }
  }
}

@description('ARM id of the account.')
output id string = account.id
