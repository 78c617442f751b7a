targetScope = 'subscription'

metadata description = 'Steward\'s policy definitions and initiatives in this subscription, and their assignments to it.'

@description('How the initiative that audits is in force. Either way nothing is refused and its states are shown; Default tells of it in messages, too.')
@allowed(['DoNotEnforce', 'Default'])
param auditEnforcement string = 'DoNotEnforce'

@description('Assign the initiative that refuses resources. What breaks a rule and is there already cannot be updated while it is enforced.')
param denyPolicies bool = false

@description('How the refusing initiative is in force: first DoNotEnforce, to compare states, then Default.')
@allowed(['DoNotEnforce', 'Default'])
param denyEnforcement string = 'DoNotEnforce'

@description('Namespaces of security and node agents, in which nothing is refused. The system namespaces are left out in any case.')
param agentNamespaces string[] = []

@description('The resource group that a built-in rule looks for Network Watchers in.')
param networkWatcherResourceGroup string = 'NetworkWatcherRG'

@description('ARM ids of resource groups and resources below that the assignments leave out.')
param notScopes string[] = []

var policies = loadJsonContent('../generated/policies.json')
var systemNamespaces = policies.initiatives[1].properties.parameters.excludedNamespaces.defaultValue

resource definitions 'Microsoft.Authorization/policyDefinitions@2025-03-01' = [
  for definition in policies.definitions: {
    name: definition.name
    properties: definition.properties
  }
]

resource initiatives 'Microsoft.Authorization/policySetDefinitions@2025-03-01' = [
  for initiative in policies.initiatives: {
    name: initiative.name
    properties: union(initiative.properties, {
      policyDefinitions: concat(
        map(initiative.ownMembers, member => {
          policyDefinitionId: subscriptionResourceId('Microsoft.Authorization/policyDefinitions', member.definition)
          policyDefinitionReferenceId: member.policyDefinitionReferenceId
          groupNames: member.groupNames
          parameters: member.parameters
        }),
        map(initiative.builtInMembers, member => {
          policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', member.id)
          definitionVersion: member.definitionVersion
          policyDefinitionReferenceId: member.policyDefinitionReferenceId
          groupNames: member.groupNames
          parameters: member.parameters
        })
      )
    })
    dependsOn: [definitions]
  }
]

// The mark by which Steward knows its own assignments, and exemptions from them.
var mark = { steward: '1' }
var message = 'Steward says in its finding what is wrong and what to do.'

resource audit 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'steward-audit'
  properties: {
    displayName: policies.initiatives[0].properties.displayName
    description: policies.initiatives[0].properties.description
    metadata: mark
    policyDefinitionId: initiatives[0].id
    enforcementMode: auditEnforcement
    notScopes: notScopes
    nonComplianceMessages: [{ message: message }]
    parameters: { networkWatcherResourceGroup: { value: networkWatcherResourceGroup } }
  }
}

resource deny 'Microsoft.Authorization/policyAssignments@2025-03-01' = if (denyPolicies) {
  name: 'steward-deny'
  properties: {
    displayName: policies.initiatives[1].properties.displayName
    description: policies.initiatives[1].properties.description
    metadata: mark
    policyDefinitionId: initiatives[1].id
    enforcementMode: denyEnforcement
    notScopes: notScopes
    nonComplianceMessages: [{ message: message }]
    parameters: { excludedNamespaces: { value: union(systemNamespaces, agentNamespaces) } }
  }
}

@description('ARM id of the assignment that audits.')
output auditAssignmentId string = audit.id

@description('ARM id of the assignment that refuses; empty where there is none.')
output denyAssignmentId string = denyPolicies ? deny.id : ''
