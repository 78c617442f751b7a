using '../../../infra/modules/roles.bicep'

param principalId = '00000000-0000-0000-0000-0000000000cc'
param remediate = []
param ownResourceGroupName = 'rg-steward'
param furtherReads = ['Microsoft.Sql/servers/read']
param readClusters = false
