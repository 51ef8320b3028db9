metadata description = 'The devices\' broker. What devices send and what becomes of them goes to the event hub.'

param name string
param location string
param tags object

@description('The app, which makes devices, reads and writes twins and calls methods.')
param principalId string

@description('The identity that the hub sends with.')
param senderIdentityId string

@allowed(['S1', 'S2', 'S3'])
param sku string

@minValue(1)
@maxValue(200)
param units int

param eventHubNamespace string
param eventHub string
param workspaceId string

var dataContributor = '4fc6c259-987e-4a07-842e-c321cc9d413f'
var messagesPerUnit = { S1: 400000, S2: 6000000, S3: 300000000 }
var routes = [
  { name: 'telemetry', source: 'DeviceMessages' }
  { name: 'twins', source: 'TwinChangeEvents' }
  { name: 'lifecycle', source: 'DeviceLifecycleEvents' }
  { name: 'connections', source: 'DeviceConnectionStateEvents' }
]

resource hub 'Microsoft.Devices/IotHubs@2023-06-30' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${senderIdentityId}': {} } }
  sku: { name: sku, capacity: units }
  properties: {
    // No shared access policies: only a device's own key or certificate lets it in.
    disableLocalAuth: true
    // TLS 1.2 is the least that any hub takes since August 2025; minTlsVersion is for a few regions only, and for the life of the hub.
    routing: {
      endpoints: {
        eventHubs: [
          {
            name: 'telemetry'
            authenticationType: 'identityBased'
            endpointUri: 'sb://${eventHubNamespace}.servicebus.windows.net'
            entityPath: eventHub
            identity: { userAssignedIdentity: senderIdentityId }
          }
        ]
      }
      routes: [for route in routes: {
        name: route.name
        source: route.source
        condition: 'true'
        endpointNames: ['telemetry']
        isEnabled: true
      }]
      // Off: everything has its route, and the built-in endpoint would keep what nobody reads.
      fallbackRoute: { name: 'fallback', source: 'DeviceMessages', condition: 'true', endpointNames: ['events'], isEnabled: false }
    }
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, principalId, dataContributor)
  scope: hub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'errors'
  scope: hub
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'Routes', enabled: true }]
  }
}

output id string = hub.id
output hostName string = hub.properties.hostName
output messagesPerDay int = messagesPerUnit[sku] * units
