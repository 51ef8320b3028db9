metadata description = 'Front Door\'s profile and host name. Its id must be known before the app is made, and the app\'s host name before routes.bicep.'

param name string
param endpoint string
param tags object

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: '${name}-edge'
  location: 'global'
  tags: tags
  sku: { name: 'Standard_AzureFrontDoor' }
  // Long polling holds a request for up to 230 seconds, which is as long as the app's platform lets it.
  properties: { originResponseTimeoutSeconds: 240 }

  resource host 'afdEndpoints' = {
    name: endpoint
    location: 'global'
    properties: { enabledState: 'Enabled' }
  }
}

output id string = profile.id
output profile string = profile.name
output endpoint string = profile::host.name
output frontDoorId string = profile.properties.frontDoorId
output hostName string = profile::host.properties.hostName
