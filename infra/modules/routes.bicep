metadata description = 'Front Door\'s routes: WebSockets to Web PubSub, everything else to the app. Nothing is cached.'

param profile string
param endpoint string
param appHostName string
param realtimeHostName string

var targets = [
  { name: 'app', host: appHostName, patterns: ['/*'] }
  { name: 'realtime', host: realtimeHostName, patterns: ['/client/*'] }
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

resource routes 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = [for (target, i) in targets: {
  parent: host
  name: target.name
  properties: {
    originGroup: { id: groups[i].id }
    supportedProtocols: ['Https']
    patternsToMatch: target.patterns
    forwardingProtocol: 'HttpsOnly'
    httpsRedirect: 'Disabled'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
  // A route wants an origin that is there.
  dependsOn: [origins]
}]
