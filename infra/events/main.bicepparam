using 'main.bicep'

param resourceGroupName = readEnvironmentVariable('STEWARD_RESOURCE_GROUP_NAME', 'rg-steward')
param appName = readEnvironmentVariable('STEWARD_APP_NAME', 'func-steward')
param existingSystemTopicId = readEnvironmentVariable('STEWARD_SYSTEM_TOPIC_ID', '')
