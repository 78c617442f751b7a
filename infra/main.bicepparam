using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'steward')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param remediate = filter(split(readEnvironmentVariable('STEWARD_REMEDIATE', ''), ','), id => !empty(id))
param flowLogRegions = filter(
  split(readEnvironmentVariable('STEWARD_FLOW_LOG_REGIONS', ''), ','),
  region => !empty(region)
)
param flowLogRetentionDays = int(readEnvironmentVariable('STEWARD_FLOW_LOG_RETENTION_DAYS', '90'))
param workspaceId = readEnvironmentVariable('STEWARD_WORKSPACE_ID', '')
param privateNetworking = bool(readEnvironmentVariable('STEWARD_PRIVATE_NETWORKING', 'false'))
param entraClientId = readEnvironmentVariable('STEWARD_ENTRA_CLIENT_ID', '')
