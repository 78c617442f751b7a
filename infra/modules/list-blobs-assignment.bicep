metadata description = 'Lets the app list the blobs of all storage accounts in its own resource group.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the definition of the built-in role with which blobs can be listed.')
param listBlobsRoleName string

// Blobs are listed; whose traffic they tell of is not read.
var listOnly = '((!(ActionMatches{\'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read\'} AND NOT SubOperationMatches{\'Blob.List\'})))'

resource listing 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, listBlobsRoleName)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', listBlobsRoleName)
    condition: listOnly
    conditionVersion: '2.0'
  }
}
