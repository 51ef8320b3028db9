metadata description = 'WebSockets of callers. They come in through Front Door under /client/ with a token that the app gives out.'

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
  properties: { disableLocalAuth: true }

  resource changes 'hubs' = {
    name: 'changes'
    properties: { anonymousConnectPolicy: 'deny' }
  }
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

output hostName string = service.properties.hostName
output hub string = service::changes.name
