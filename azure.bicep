metadata description = 'One IoT cloud in one resource group. It holds no key: every service is reached by managed identity.'

@description('A short name in lower case, of letters, digits and single hyphens; the names of all resources begin with it.')
@minLength(3)
@maxLength(10)
param name string

@description('The region of everything but Front Door, which is global.')
param location string = resourceGroup().location

// What a size holds, where each device sends one message of 5 values a minute, and about what it costs a month; README.md has the arithmetic.
//   small     1,000 devices       1.44 million messages a day     USD 550
//   medium    100,000 devices     144 million messages a day      USD 5,200
//   large     1,000,000 devices   1,440 million messages a day    USD 35,000
@description('How much it holds: small about 1,000 devices that report every minute, medium 100,000, large 1,000,000.')
@allowed(['small', 'medium', 'large'])
param size string = 'small'

@description('Units of IoT Hub, 0 for the size\'s own. Of the editions S1 and S2 there are up to 200, of S3 up to 10.')
@minValue(0)
@maxValue(200)
param iotHubUnits int = 0

@description('Cosmos DB: -1 for the size\'s own, 0 for serverless, else the most request units a second of autoscale, in thousands. Serverless is for the life of the account.')
@minValue(-1)
@maxValue(1000)
param documentThousandRequestUnits int = -1

@description('Memory of an instance of the app in MB. 512 has a quarter of a core and may be too small for large batches.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@description('Most instances of each group of functions, 0 for the size\'s own: those of HTTP are a group, telemetry is another. Some regions refuse less than 40.')
@minValue(0)
@maxValue(1000)
param maximumInstances int = 0

@description('Instances that are kept warm for HTTP. 0 costs nothing while nobody asks, and the first request then waits for a start.')
@minValue(0)
@maxValue(20)
param warmInstances int = size == 'small' ? 0 : 1

@description('Redundancy of the storage account: in three zones, or in one data centre.')
@allowed(['Standard_ZRS', 'Standard_LRS'])
param storageRedundancy string = 'Standard_ZRS'

@description('Reach storage, documents, events and secrets through private endpoints only. Devices and callers still come over the internet, through IoT Hub, Front Door and Web PubSub.')
param privateNetworking bool = false

@description('Addresses of the virtual network where networking is private: a /16 to a /23, of which a quarter is the app\'s and a quarter that of the endpoints.')
param networkAddresses string = '10.71.0.0/22'

@description('Which tokens of Microsoft Entra ID REST clients may show, and what they open: {"directory": "<id>", "audiences": ["api://…"], "mappings": [{"role": "…", "tenant": "t1", "roles": ["admin"]}]}. Empty for none.')
param entra object = {}

@description('Web pages\' origins whose scripts may call the APIs (CORS); the platform answers their preflight requests.')
param allowedOrigins array = []

@description('GB of logs a day, at most. What is above is not kept until the next day.')
@minValue(1)
@maxValue(1000)
param dailyLogQuota int = 1

@description('Days that logs are kept. The first 31 are included.')
@minValue(30)
@maxValue(730)
param logRetention int = 30

@description('Telemetry items a second and instance that are kept; of more, a sample.')
@minValue(1)
@maxValue(1000)
param sampledItems int = 5

@description('Who gets mail from alerts. Empty for nobody: alerts are then seen in the portal only.')
param alertEmail string = ''

@description('Tags of every resource.')
param tags object = {}

var sizes = {
  small: {
    iotHub: { sku: 'S1', units: 4 }
    events: { units: 1, mostUnits: 4, partitions: 4 }
    documentThousandRequestUnits: 0
    maximumInstances: 40
    warmTelemetry: 0
    realtime: { sku: 'Free_F1', tier: 'Free', units: 1 }
  }
  medium: {
    iotHub: { sku: 'S3', units: 1 }
    events: { units: 3, mostUnits: 20, partitions: 16 }
    documentThousandRequestUnits: 40
    maximumInstances: 100
    warmTelemetry: 2
    realtime: { sku: 'Standard_S1', tier: 'Standard', units: 1 }
  }
  large: {
    iotHub: { sku: 'S3', units: 6 }
    events: { units: 20, mostUnits: 40, partitions: 32 }
    documentThousandRequestUnits: 300
    maximumInstances: 200
    warmTelemetry: 8
    realtime: { sku: 'Standard_S1', tier: 'Standard', units: 5 }
  }
}
var chosen = sizes[size]
var hubUnits = iotHubUnits == 0 ? chosen.iotHub.units : iotHubUnits
var thousandRequestUnits = documentThousandRequestUnits == -1 ? chosen.documentThousandRequestUnits : documentThousandRequestUnits
var unique = toLower('${name}${uniqueString(resourceGroup().id, name)}')

// The app's identity. It has the roles that each module gives it and no others.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-app'
  location: location
  tags: tags
}

// IoT Hub's identity: all it may do is to send to the event hub, and it may do so before the hub is made, which asks for that.
resource sender 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-hub'
  location: location
  tags: tags
}

module monitoring 'infra/modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    principalId: identity.properties.principalId
    dailyQuota: dailyLogQuota
    retention: logRetention
  }
}

module storage 'infra/modules/storage.bicep' = {
  params: {
    // Of all resources the storage account alone takes no hyphen.
    name: take(replace(unique, '-', ''), 24)
    location: location
    tags: tags
    principalId: identity.properties.principalId
    redundancy: storageRedundancy
    isPrivate: privateNetworking
  }
}

module telemetry 'infra/modules/eventhubs.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    senderPrincipalId: sender.properties.principalId
    receiverPrincipalId: identity.properties.principalId
    units: chosen.events.units
    mostUnits: chosen.events.mostUnits
    partitions: chosen.events.partitions
    isPrivate: privateNetworking
  }
}

module iothub 'infra/modules/iothub.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    principalId: identity.properties.principalId
    senderIdentityId: sender.id
    sku: chosen.iotHub.sku
    units: hubUnits
    eventHubNamespace: telemetry.outputs.namespaceName
    eventHub: telemetry.outputs.eventHub
    workspaceId: monitoring.outputs.workspaceId
  }
}

module documents 'infra/modules/cosmosdb.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    principalId: identity.properties.principalId
    thousandRequestUnits: thousandRequestUnits
    isPrivate: privateNetworking
  }
}

module events 'infra/modules/eventgrid.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    principalId: identity.properties.principalId
    storageAccount: storage.outputs.name
    deadLetterContainer: storage.outputs.deadLetterContainer
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: privateNetworking
  }
}

module secrets 'infra/modules/keyvault.bicep' = {
  params: {
    name: take(unique, 24)
    location: location
    tags: tags
    principalId: identity.properties.principalId
    isPrivate: privateNetworking
  }
}

module realtime 'infra/modules/webpubsub.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    principalId: identity.properties.principalId
    sku: chosen.realtime.sku
    tier: chosen.realtime.tier
    units: chosen.realtime.units
  }
}

module network 'infra/modules/network.bicep' = if (privateNetworking) {
  params: {
    name: name
    location: location
    tags: tags
    addresses: networkAddresses
    storageAccountId: storage.outputs.id
    cosmosAccountId: documents.outputs.id
    eventHubNamespaceId: telemetry.outputs.namespaceId
    topicId: events.outputs.id
    vaultId: secrets.outputs.id
  }
}

module edge 'infra/modules/edge.bicep' = {
  params: { name: name, endpoint: unique, tags: tags }
}

module app 'infra/modules/functionapp.bicep' = {
  params: {
    name: unique
    location: location
    tags: tags
    identityId: identity.id
    packageUri: storage.outputs.packageUri
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    frontDoorId: edge.outputs.frontDoorId
    allowedOrigins: allowedOrigins
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances == 0 ? chosen.maximumInstances : maximumInstances
    warmHttp: warmInstances
    warmTelemetry: chosen.warmTelemetry
    settings: {
      // Read by the Functions host.
      AzureWebJobsStorage__blobServiceUri: storage.outputs.blobUri
      AzureWebJobsStorage__queueServiceUri: storage.outputs.queueUri
      AzureWebJobsStorage__tableServiceUri: storage.outputs.tableUri
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      AzureWebJobsDisableHomepage: 'true'
      AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__maxTelemetryItemsPerSecond: string(sampledItems)
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
      // Named by the functions' bindings.
      TELEMETRY__fullyQualifiedNamespace: telemetry.outputs.host
      TELEMETRY__credential: 'managedidentity'
      TELEMETRY__clientId: identity.properties.clientId
      TELEMETRY_EVENT_HUB: telemetry.outputs.eventHub
      TELEMETRY_CONSUMER_GROUP: telemetry.outputs.consumerGroup
      // Read by the app: functions/App/Hosting/AzureSettings.cs says what each is.
      AZURE_CLIENT_ID: identity.properties.clientId
      SERVERLESS_STORAGE: 'azure'
      SERVERLESS_TABLES_URI: storage.outputs.tableUri
      SERVERLESS_TABLE: storage.outputs.table
      SERVERLESS_QUEUES_URI: storage.outputs.queueUri
      SERVERLESS_DELIVERIES_QUEUE: storage.outputs.deliveriesQueue
      SERVERLESS_COSMOS_ENDPOINT: documents.outputs.endpoint
      SERVERLESS_COSMOS_DATABASE: documents.outputs.database
      SERVERLESS_COSMOS_CONTAINER: documents.outputs.container
      SERVERLESS_IOT_HUB: iothub.outputs.hostName
      SERVERLESS_EVENT_GRID_TOPIC: events.outputs.endpoint
      SERVERLESS_WEB_PUB_SUB: 'https://${realtime.outputs.hostName}'
      SERVERLESS_WEB_PUB_SUB_PRINCIPAL: realtime.outputs.principalId
      SERVERLESS_DIRECTORY: subscription().tenantId
      SERVERLESS_KEY_VAULT_URI: secrets.outputs.uri
      SERVERLESS_FRONT_DOOR_ID: edge.outputs.frontDoorId
      SERVERLESS_WEBHOOKS_ORIGIN: edge.outputs.hostName
      SERVERLESS_ENTRA: empty(entra) ? '' : string(entra)
    }
  }
}

module routes 'infra/modules/routes.bicep' = {
  params: {
    profile: edge.outputs.profile
    endpoint: edge.outputs.endpoint
    appHostName: app.outputs.hostName
    realtimeHostName: realtime.outputs.hostName
  }
}

module alerts 'infra/modules/alerts.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    email: alertEmail
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    storageAccountId: storage.outputs.id
    cosmosAccountId: documents.outputs.id
    eventHubNamespaceId: telemetry.outputs.namespaceId
    iotHubId: iothub.outputs.id
    messagesPerDay: iothub.outputs.messagesPerDay
    topicId: events.outputs.id
    edgeId: edge.outputs.id
  }
}

@description('The address of all APIs.')
output uri string = 'https://${edge.outputs.hostName}'

@description('The host that devices connect to, by MQTT over TLS on port 8883.')
output iotHub string = iothub.outputs.hostName

@description('The app that the package is deployed to.')
output functionApp string = app.outputs.name

@description('The topic that functions with an Event Grid trigger subscribe to, once they are deployed.')
output topic string = events.outputs.name

@description('Web PubSub, whose hubs are made once the app answers.')
output sockets string = realtime.outputs.name

@description('The storage account, whose container for dead letters these subscriptions use.')
output storageAccount string = storage.outputs.name
