metadata description = 'What Steward needs in the workspace: its tables, and Microsoft Sentinel switched on.'

@description('Name of the workspace in this resource group.')
param workspaceName string

@description('Days that rows can be queried.')
@minValue(4)
@maxValue(730)
param retentionDays int

@description('Days that rows are kept in all, for search jobs and restores.')
@minValue(4)
@maxValue(4383)
param totalRetentionDays int

@description('Whether Microsoft Sentinel is switched on for the workspace.')
param onboardSentinel bool

@description('False: another deployment prepares this workspace.')
param preparesWorkspace bool

var definitions = loadJsonContent('../generated/tables.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource onboarding 'Microsoft.SecurityInsights/onboardingStates@2025-09-01' = if (preparesWorkspace && onboardSentinel) {
  name: 'default'
  scope: workspace
  properties: {}
}

@batchSize(1)
resource tables 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for definition in (preparesWorkspace ? definitions : []): {
    parent: workspace
    name: definition.name
    properties: {
      plan: 'Analytics'
      retentionInDays: retentionDays
      totalRetentionInDays: max(retentionDays, totalRetentionDays)
      schema: {
        name: definition.name
        description: definition.description
        columns: definition.columns
      }
    }
    dependsOn: [onboarding]
  }
]

@description('Where the workspace lives; the data collection rule has to live there, too.')
output location string = workspace.location
