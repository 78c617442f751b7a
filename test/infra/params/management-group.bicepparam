using '../../../infra/management-group.bicep'

param packageUri = 'https://example.com/steward.zip'
param location = 'westeurope'
param subscriptionIds = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']
param workspaceId = '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/rg-hub/providers/Microsoft.OperationalInsights/workspaces/log-hub'
