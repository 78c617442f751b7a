metadata description = 'The plan and the app.'

import { tagsOf, settingsOf } from '../types.bicep'

@description('Where the app lives.')
param location string

@description('Name of the app, unique in the world.')
param name string

@description('Tags of every resource.')
param tags tagsOf

@description('Flex Consumption, or a dedicated plan in clouds and regions without it.')
@allowed(['FlexConsumption', 'Dedicated'])
param hosting string

@description('Major version of Node.')
@allowed(['22', '24'])
param nodeVersion string

@description('ARM id of the app\'s identity.')
param identityId string

@description('Container that the app is deployed from, on the blob endpoint of its storage.')
param packageContainerUrl string

@description('ARM id of the subnet that the app sends from; empty: none.')
param subnetId string

@description('Client id of the Microsoft Entra application that callers sign in to; empty: keys of functions.')
param entraClientId string

@description('Settings of the app.')
param settings settingsOf

var isFlex = hosting == 'FlexConsumption'

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: isFlex ? 'functionapp' : 'linux'
  sku: isFlex ? { name: 'FC1', tier: 'FlexConsumption' } : { name: 'P0v3', tier: 'Premium0V3' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'steward' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    outboundVnetRouting: empty(subnetId) ? null : { allTraffic: true }
    siteConfig: union(
      { minTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true },
      isFlex ? {} : { alwaysOn: true, linuxFxVersion: 'NODE|${nodeVersion}' }
    )
    functionAppConfig: isFlex
      ? {
          deployment: {
            storage: {
              type: 'blobContainer'
              value: packageContainerUrl
              authentication: {
                type: 'UserAssignedIdentity'
                userAssignedIdentityResourceId: identityId
              }
            }
          }
          runtime: { name: 'node', version: nodeVersion }
          scaleAndConcurrency: {
            instanceMemoryMB: 2048
            maximumInstanceCount: 40
          }
        }
      : null
  }
}

// On Flex Consumption the runtime is named above and refused here (Azure Functions: Flex Consumption, deprecated settings).
var dedicated = { FUNCTIONS_EXTENSION_VERSION: '~4', FUNCTIONS_WORKER_RUNTIME: 'node', WEBSITE_RUN_FROM_PACKAGE: '1' }

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, isFlex ? {} : dedicated)
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(entraClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    // Event Grid comes with a key of the host; everybody else signs in.
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: ['/runtime/webhooks/eventgrid']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: uri(environment().authentication.loginEndpoint, '${tenant().tenantId}/v2.0')
        }
        validation: { allowedAudiences: ['api://${entraClientId}'] }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}

@description('ARM id of the app.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Host name of its API.')
output hostName string = app.properties.defaultHostName
