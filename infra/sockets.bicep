metadata description = 'The hubs of Web PubSub and where their events go. Deployed after the package: the service asks the app whether it wants them.'

param service string

@description('The address of all APIs, without a slash at the end. Events come in through Front Door too: nobody else reaches the app.')
param uri string

// Each protocol has its own: functions/Domain/Realtime/RealtimeHubs.cs.
var hubs = ['realtime', 'notifications']

resource sockets 'Microsoft.SignalRService/webPubSub@2024-03-01' existing = {
  name: service
}

resource handlers 'Microsoft.SignalRService/webPubSub/hubs@2024-03-01' = [for hub in hubs: {
  parent: sockets
  name: hub
  properties: {
    // Clients have no token of the service: the app decides on each event connect who comes in.
    anonymousConnectPolicy: 'allow'
    eventHandlers: [
      {
        urlTemplate: '${uri}/web-pub-sub/{event}'
        userEventPattern: '*'
        systemEvents: ['connect', 'connected', 'disconnected']
        auth: { type: 'ManagedIdentity', managedIdentity: { resource: 'https://webpubsub.azure.com' } }
      }
    ]
  }
}]
