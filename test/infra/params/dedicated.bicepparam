using '../../../infra/azuredeploy.bicep'

param packageUri = 'https://example.com/steward.zip'
param location = 'usgovvirginia'
param hosting = 'Dedicated'
