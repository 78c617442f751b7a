using '../../../infra/azuredeploy.bicep'

param packageUri = 'https://example.com/steward.zip'
param environmentName = 'cardholder'
param location = 'swedencentral'
param remediate = ['flow-logs', 'live-flow-logs']
param denyPolicies = true
param flowLogRegions = ['swedencentral', 'westeurope']
param workspaceId = '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub'
param sentinelContent = 'disabled'
param existingSystemTopicId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-events/providers/Microsoft.EventGrid/systemTopics/evgt-subscription'
param actionGroupIds = [
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-alerts/providers/Microsoft.Insights/actionGroups/ag-security'
]
param privateNetworking = true
param entraClientId = '00000000-0000-0000-0000-0000000000aa'
param settings = { MOST_WRITES_AN_HOUR: '100' }
param tags = { costCenter: 'pci' }
