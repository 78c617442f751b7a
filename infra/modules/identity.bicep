metadata description = 'The identity that the app runs as; it is known before the app, so that its rights can be there first.'

import { tagsOf } from '../types.bicep'

@description('Where the identity lives.')
param location string

@description('Name of the identity.')
param name string

@description('Tags of every resource.')
param tags tagsOf

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('ARM id of the identity.')
output id string = identity.id

@description('Object id, for role assignments.')
output principalId string = identity.properties.principalId

@description('Client id, by which the app asks for tokens.')
output clientId string = identity.properties.clientId
