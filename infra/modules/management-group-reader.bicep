targetScope = 'managementGroup'

metadata description = 'Lets the app read policies that are assigned from this management group or one above its subscription, and which subscriptions are below. Without it, such a policy is unknown.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Id of the subscription that Steward is deployed in.')
param subscriptionId string

var role = filter(loadJsonContent('../generated/roles.json').roles, one => one.scope == 'managementGroup')[0]

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscriptionId, 'steward-${role.key}')
  properties: {
    roleName: 'Steward ${role.key} (${subscriptionId})'
    description: role.description
    type: 'CustomRole'
    assignableScopes: [managementGroup().id]
    permissions: [
      {
        actions: role.actions
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, principalId, definition.name)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: definition.id
  }
}
