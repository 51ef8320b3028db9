metadata description = 'The event hub that IoT Hub writes to and the app reads from.'

param name string
param location string
param tags object

@description('IoT Hub, which may send.')
param senderPrincipalId string

@description('The app, which may receive.')
param receiverPrincipalId string

@description('Throughput units to begin with: each takes 1,000 events or 1 MB a second.')
@minValue(1)
@maxValue(40)
param units int

@description('Throughput units that load may raise them to. They do not fall by themselves.')
@minValue(1)
@maxValue(40)
param mostUnits int

@description('How many batches are taken at the same time. It cannot be changed later.')
@minValue(1)
@maxValue(32)
param partitions int

@description('Whether it is reached through private endpoints only.')
param isPrivate bool

var dataSender = '2b629674-e913-4c01-ae53-ef4638d8f975'
var dataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: units }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: mostUnits > units
    maximumThroughputUnits: mostUnits > units ? mostUnits : 0
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }

  resource telemetry 'eventhubs' = {
    name: 'telemetry'
    properties: {
      partitionCount: partitions
      // A day: an app that is away for longer loses what is older.
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 24 }
    }

    resource ingest 'consumergroups' = {
      name: 'ingest'
      properties: {}
    }
  }

  // IoT Hub comes in as a service that Azure trusts.
  resource rules 'networkRuleSets' = {
    name: 'default'
    properties: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
      trustedServiceAccessEnabled: true
    }
  }
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::telemetry.id, senderPrincipalId, dataSender)
  scope: namespace::telemetry
  properties: {
    principalId: senderPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSender)
  }
}

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::telemetry.id, receiverPrincipalId, dataReceiver)
  scope: namespace::telemetry
  properties: {
    principalId: receiverPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReceiver)
  }
}

output namespaceId string = namespace.id
output namespaceName string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
output eventHub string = namespace::telemetry.name
output consumerGroup string = namespace::telemetry::ingest.name
