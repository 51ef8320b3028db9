metadata description = 'The app: a custom handler on Flex Consumption. Only Front Door\'s profile and Event Grid reach it.'

param name string
param location string
param tags object
param identityId string

@description('The container that the package is deployed to.')
param packageUri string

@description('The subnet that it sends from, or empty.')
param subnetId string

@description('The id that Front Door puts into X-Azure-FDID; its addresses alone are those of every customer\'s Front Door.')
param frontDoorId string

param allowedOrigins array
param instanceMemory int

@minValue(1)
@maxValue(1000)
param maximumInstances int

param warmHttp int
param warmTelemetry int
param settings object

var warm = [
  { name: 'http', instanceCount: warmHttp }
  { name: 'function:telemetry', instanceCount: warmTelemetry }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Flex Consumption refuses what it has not: ftpsState, alwaysOn, linuxFxVersion, use32BitWorkerProcess and others fail the deployment with 51021.
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      cors: { allowedOrigins: allowedOrigins }
      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: [
        {
          name: 'FrontDoor'
          priority: 100
          action: 'Allow'
          tag: 'ServiceTag'
          ipAddress: 'AzureFrontDoor.Backend'
          headers: { 'x-azure-fdid': [frontDoorId] }
        }
        {
          // To /runtime/webhooks/EventGrid, which asks for a key of the host's own.
          name: 'EventGrid'
          priority: 110
          action: 'Allow'
          tag: 'ServiceTag'
          ipAddress: 'AzureEventGrid'
        }
      ]
      // Deployments come from anywhere, with an Entra token.
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      runtime: { name: 'custom', version: '1.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        alwaysReady: filter(warm, group => group.instanceCount > 0)
        triggers: { http: { perInstanceConcurrency: 100 } }
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  // No user name and password for deployments, and FTP there is none. After the settings: the platform refuses two changes of an app at the same time with 409.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
    dependsOn: [appSettings]
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
