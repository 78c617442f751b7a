targetScope = 'subscription'

metadata description = 'The custom roles that the app holds, each at the narrowest scope that works, and their assignments.'

@description('Object id of the app\'s identity.')
param principalId string

@description('Ids of the controls that may write; the same as the setting REMEDIATE. Empty: nothing may be written.')
param remediate string[]

@description('Name of Steward\'s own resource group in this subscription.')
param ownResourceGroupName string

@description('Ids of storage accounts of others that flow logs write to: those that FLOW_LOG_STORAGE names, and those of flow logs that were there before. A log whose account is not among them is not put right; Azure refuses it.')
param flowLogStorageIds string[] = []

@description('Id of the workspace that traffic analytics uses. Empty: no traffic analytics.')
param workspaceId string = ''

@description('Whether the canary may write its tag on the own resource group; the same as CANARY=hourly.')
param canary bool = false

@description('Whether flow logs of network security groups may be put right. Azure asks for the right to write the groups themselves, anywhere in the subscription.')
param securityGroupLogs bool = false

@description('Further actions that assigned policies need to look something up; each ends with /read.')
param furtherReads string[] = []

type role = {
  key: string
  scope: 'subscription' | 'ownGroup' | 'flowLogStorage' | 'workspaceGroup'
  description: string
  actions: string[]
}

var compiled = loadJsonContent('../generated/roles.json')
var enabled = union(remediate, canary ? ['canary'] : [], securityGroupLogs ? ['nsg-flow-logs'] : [])
var reachable = filter(
  compiled.roles,
  one =>
    one.scope == 'subscription' || one.scope == 'ownGroup' || (one.scope == 'flowLogStorage' && !empty(flowLogStorageIds)) || (one.scope == 'workspaceGroup' && !empty(workspaceId))
)
var roles role[] = filter(
  map(reachable, one => {
    key: one.key
    scope: one.scope
    description: one.description
    actions: union(
      one.actions,
      one.key == 'reader' ? furtherReads : [],
      flatten(map(filter(items(one.when), entry => contains(enabled, entry.key)), entry => entry.value))
    )
  }),
  one => !empty(one.actions)
)

// An account or a workspace of others may lie in another subscription, in which its role has to be assignable, too.
var otherSubscriptions = map(
  union(flowLogStorageIds, empty(workspaceId) ? [] : [workspaceId]),
  id => '/subscriptions/${split(id, '/')[2]}'
)

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for one in roles: {
    name: guid(subscription().id, 'steward-${one.key}')
    properties: {
      // The name of a custom role is unique in its tenant.
      roleName: 'Steward ${one.key} (${subscription().subscriptionId})'
      description: one.description
      type: 'CustomRole'
      assignableScopes: union(
        [subscription().id],
        one.scope == 'flowLogStorage' || one.scope == 'workspaceGroup' ? otherSubscriptions : []
      )
      permissions: [
        {
          actions: one.actions
          notActions: []
          dataActions: []
          notDataActions: []
        }
      ]
    }
  }
]
