using 'main.bicep'

param resourceGroupName = readEnvironmentVariable('AZURE_RESOURCE_GROUP', 'rg-steward')
param appName = readEnvironmentVariable('STEWARD_APP_NAME', 'func-steward')
param existingSystemTopicId = readEnvironmentVariable('STEWARD_SYSTEM_TOPIC_ID', '')
