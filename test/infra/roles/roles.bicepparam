using '../../../infra/modules/roles.bicep'

param principalId = '00000000-0000-0000-0000-0000000000cc'
param remediate = ['flow-logs', 'live-flow-logs']
param ownResourceGroupName = 'rg-steward'
param flowLogStorageIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs/providers/Microsoft.Storage/storageAccounts/stlogs'
  '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-archive/providers/Microsoft.Storage/storageAccounts/starchive'
]
param workspaceIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-law/providers/Microsoft.OperationalInsights/workspaces/log-one'
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/RG-LAW/providers/Microsoft.OperationalInsights/workspaces/log-two'
]
param canary = true
