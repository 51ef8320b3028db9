metadata description = 'Front Door\'s routes: everything to the app, but the paths of WebSockets, where they are asked for by GET, to Web PubSub. Nothing is cached.'

param profile string
param endpoint string
param appHostName string
param realtimeHostName string

var targets = [
  { name: 'app', host: appHostName }
  { name: 'realtime', host: realtimeHostName }
]

// The same paths take POST, for clients that poll; that is the app's.
var sockets = [
  { name: 'realtime', paths: ['notification/realtime', 'notification/operations', 'cep/realtime'] }
  { name: 'notifications', paths: ['notification2/consumer'] }
]

resource edge 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profile
}

resource host 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' existing = {
  parent: edge
  name: endpoint
}

// No probes: a group of one has nothing to choose from, and probes from every edge of the world would keep the app awake and cost more than its callers.
resource groups 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = [for target in targets: {
  parent: edge
  name: target.name
  properties: {
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 0 }
    sessionAffinityState: 'Disabled'
  }
}]

resource origins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [for (target, i) in targets: {
  parent: groups[i]
  name: target.name
  properties: {
    hostName: target.host
    originHostHeader: target.host
    httpsPort: 443
    priority: 1
    weight: 1000
    enabledState: 'Enabled'
    enforceCertificateNameCheck: true
  }
}]

resource rules 'Microsoft.Cdn/profiles/ruleSets@2025-06-01' = {
  parent: edge
  name: 'sockets'
}

resource rewrites 'Microsoft.Cdn/profiles/ruleSets/rules@2025-06-01' = [for (socket, i) in sockets: {
  parent: rules
  name: socket.name
  properties: {
    order: i + 1
    conditions: [
      {
        name: 'RequestMethod'
        parameters: { typeName: 'DeliveryRuleRequestMethodConditionParameters', operator: 'Equal', matchValues: ['GET'] }
      }
      {
        // Without the slash at the beginning.
        name: 'UrlPath'
        parameters: {
          typeName: 'DeliveryRuleUrlPathMatchConditionParameters'
          operator: 'BeginsWith'
          matchValues: socket.paths
          transforms: ['Lowercase']
        }
      }
    ]
    actions: [
      {
        // The query stays, with a consumer's token.
        name: 'UrlRewrite'
        parameters: {
          typeName: 'DeliveryRuleUrlRewriteActionParameters'
          sourcePattern: '/'
          destination: '/client/hubs/${socket.name}'
          preserveUnmatchedPath: false
        }
      }
      {
        name: 'RouteConfigurationOverride'
        parameters: {
          typeName: 'DeliveryRuleRouteConfigurationOverrideActionParameters'
          originGroupOverride: { originGroup: { id: groups[1].id }, forwardingProtocol: 'HttpsOnly' }
        }
      }
    ]
    matchProcessingBehavior: 'Stop'
  }
  // An origin group that is named wants an origin.
  dependsOn: [origins]
}]

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: host
  name: 'app'
  properties: {
    originGroup: { id: groups[0].id }
    ruleSets: [{ id: rules.id }]
    supportedProtocols: ['Https']
    patternsToMatch: ['/*']
    forwardingProtocol: 'HttpsOnly'
    httpsRedirect: 'Disabled'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
  // A route wants an origin that is there.
  dependsOn: [origins, rewrites]
}
