metadata description = 'WebSockets of callers. They come in through Front Door, whose rules know their paths. infra/sockets.bicep makes the hubs, once the app answers.'

param name string
param location string
param tags object
param principalId string
param sku string
param tier string

@description('Each standard unit holds 1,000 connections; the free one 20.')
param units int

var serviceOwner = '12cf5a90-567b-43ae-8102-96cf46c7d9b4'

resource service 'Microsoft.SignalRService/webPubSub@2024-03-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, tier: tier, capacity: units }
  // By this identity its events prove that they are its own.
  identity: { type: 'SystemAssigned' }
  properties: { disableLocalAuth: true }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(service.id, principalId, serviceOwner)
  scope: service
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', serviceOwner)
  }
}

output name string = service.name
output hostName string = service.properties.hostName
output principalId string = service.identity.principalId
