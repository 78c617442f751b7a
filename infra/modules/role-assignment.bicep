metadata description = 'Gives the app one role in one resource group.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the role\'s definition: a GUID.')
param roleName string

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, roleName)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleName)
  }
}
