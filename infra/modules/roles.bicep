targetScope = 'subscription'

metadata description = 'The custom roles that the app holds, each for the narrowest place that works, and their assignments.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Ids of the controls that may write; the same as the setting REMEDIATE. Empty: nothing may be written.')
param remediate string[]

@description('Name of Steward\'s own resource group in this subscription.')
param ownResourceGroupName string

@description('Storage accounts of others that flow logs write to: those that FLOW_LOG_STORAGE names, and those of flow logs that were there before. What writes to another account is not put right, because Azure refuses it.')
param flowLogStorageIds string[] = []

@description('Workspaces that traffic analytics uses: the one of the setting, and those of flow logs that were there before.')
param workspaceIds string[] = []

@description('The canary may write its tag on the own resource group; the same as CANARY=hourly.')
param canary bool = false

@description('Flow logs of network security groups may be put right. For them Azure asks for the right to write the groups themselves, anywhere in the subscription.')
param securityGroupLogs bool = false

@description('Further actions that assigned policies need to look something up; each ends with /read.')
param furtherReads string[] = []

@description('The app may read what is in clusters, Secrets never.')
param readClusters bool = true

@description('A custom role with what it allows in this deployment.')
type roleOf = {
  key: string
  scope: string
  description: string
  actions: string[]
  dataActions: string[]
}

var compiled = loadJsonContent('../generated/roles.json')
var conditions = union(remediate, canary ? ['canary'] : [], securityGroupLogs ? ['nsg-flow-logs'] : [])
var scopes = union(
  ['subscription', 'ownGroup'],
  empty(flowLogStorageIds) ? [] : ['flowLogStorage'],
  empty(workspaceIds) ? [] : ['workspaceGroup']
)
var everyRole = map(filter(compiled.roles, one => contains(scopes, one.scope)), one => {
  key: one.key
  scope: one.scope
  description: one.description
  actions: union(
    one.actions,
    one.key == 'reader' ? furtherReads : [],
    flatten(map(filter(items(one.when), entry => contains(conditions, entry.key)), entry => entry.value))
  )
  dataActions: one.dataActions
})
var roles roleOf[] = filter(everyRole, one => !empty(one.actions) && (one.key != 'cluster-reader' || readClusters))

var listBlobsRoleName = filter(compiled.builtIn, one => one.key == 'flowLogBlobs')[0].id
// An account or a workspace may lie in another subscription, in which its role has to be assignable, too.
var elsewhere = {
  flowLogStorage: map(flowLogStorageIds, id => '/subscriptions/${split(id, '/')[2]}')
  workspaceGroup: map(workspaceIds, id => '/subscriptions/${split(id, '/')[2]}')
}
var workspaceGroups = union(map(workspaceIds, id => toLower(join(take(split(id, '/'), 5), '/'))), [])

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for one in roles: {
    name: guid(subscription().id, 'steward-${one.key}')
    properties: {
      // The name of a custom role is unique in its tenant.
      roleName: 'Steward ${one.key} (${subscription().subscriptionId})'
      description: one.description
      type: 'CustomRole'
      assignableScopes: union([subscription().id], elsewhere[?one.scope] ?? [])
      permissions: [
        {
          actions: one.actions
          notActions: []
          dataActions: one.dataActions
          notDataActions: []
        }
      ]
    }
  }
]

// Traffic analytics is not satisfied with a role that comes from a management group: it is held here.
resource inSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for one in filter(roles, each => each.scope == 'subscription'): {
    name: guid(subscription().id, principalId, 'steward-${one.key}')
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        guid(subscription().id, 'steward-${one.key}')
      )
    }
    dependsOn: [definitions]
  }
]

module inOwnGroup 'role-assignment.bicep' = [
  for one in filter(roles, each => each.scope == 'ownGroup'): {
    scope: resourceGroup(ownResourceGroupName)
    params: {
      principalId: principalId
      roleName: guid(subscription().id, 'steward-${one.key}')
    }
    dependsOn: [definitions]
  }
]

module listingInOwnGroup 'list-blobs-assignment.bicep' = {
  scope: resourceGroup(ownResourceGroupName)
  params: {
    principalId: principalId
    listBlobsRoleName: listBlobsRoleName
  }
}

module onAccounts 'account-role-assignments.bicep' = [
  for id in flowLogStorageIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      accountName: last(split(id, '/'))
      roleNames: map(
        filter(roles, each => each.scope == 'flowLogStorage'),
        each => guid(subscription().id, 'steward-${each.key}')
      )
      listBlobsRoleName: listBlobsRoleName
    }
    dependsOn: [definitions]
  }
]

module inWorkspaceGroups 'role-assignment.bicep' = [
  for group in workspaceGroups: {
    scope: resourceGroup(split(group, '/')[2], split(group, '/')[4])
    params: {
      principalId: principalId
      roleName: guid(subscription().id, 'steward-traffic-analytics')
    }
    dependsOn: [definitions]
  }
]

@description('Names of the custom roles that the app holds here.')
output roleNames string[] = [for one in roles: 'Steward ${one.key} (${subscription().subscriptionId})']
