metadata description = 'Gives the app roles on one storage account that flow logs write to.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the account in this resource group.')
param accountName string

@description('Names of definitions of custom roles: GUIDs.')
param roleNames string[]

@description('Name of the definition of the built-in role with which blobs can be listed.')
param listBlobsRoleName string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for name in roleNames: {
    name: guid(account.id, principalId, name)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', name)
    }
  }
]

// Blobs are listed; whose traffic they tell of is not read.
var listOnly = '((!(ActionMatches{\'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read\'} AND NOT SubOperationMatches{\'Blob.List\'})))'

resource listing 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, listBlobsRoleName)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', listBlobsRoleName)
    condition: listOnly
    conditionVersion: '2.0'
  }
}
