metadata description = 'The virtual network of private networking: a subnet that the app sends from, one with an endpoint for each service, and the zones that name them.'

param name string
param location string
param tags object
param addresses string
param storageAccountId string
param cosmosAccountId string
param eventHubNamespaceId string
param topicId string
param vaultId string

var endpoints = [
  { name: 'blobs', target: storageAccountId, group: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { name: 'queues', target: storageAccountId, group: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { name: 'tables', target: storageAccountId, group: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
  { name: 'documents', target: cosmosAccountId, group: 'Sql', zone: 'privatelink.documents.azure.com' }
  { name: 'telemetry', target: eventHubNamespaceId, group: 'namespace', zone: 'privatelink.servicebus.windows.net' }
  { name: 'topic', target: topicId, group: 'topic', zone: 'privatelink.eventgrid.azure.net' }
  { name: 'secrets', target: vaultId, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
]
var bits = int(split(addresses, '/')[1]) + 2

module vnet 'br/public:avm/res/network/virtual-network:0.7.1' = {
  params: {
    name: '${name}-net'
    location: location
    tags: tags
    enableTelemetry: false
    addressPrefixes: [addresses]
    subnets: [
      // Flex Consumption asks for this delegation.
      { name: 'app', addressPrefix: cidrSubnet(addresses, bits, 0), delegation: 'Microsoft.App/environments' }
      { name: 'endpoints', addressPrefix: cidrSubnet(addresses, bits, 1) }
    ]
  }
}

module zones 'br/public:avm/res/network/private-dns-zone:0.7.1' = [for endpoint in endpoints: {
  name: 'zone-${endpoint.name}'
  params: {
    name: endpoint.zone
    tags: tags
    enableTelemetry: false
    virtualNetworkLinks: [{ virtualNetworkResourceId: vnet.outputs.resourceId }]
  }
}]

module links 'br/public:avm/res/network/private-endpoint:0.11.1' = [for (endpoint, i) in endpoints: {
  name: 'endpoint-${endpoint.name}'
  params: {
    name: '${name}-${endpoint.name}'
    location: location
    tags: tags
    enableTelemetry: false
    subnetResourceId: vnet.outputs.subnetResourceIds[1]
    privateLinkServiceConnections: [
      { name: endpoint.name, properties: { privateLinkServiceId: endpoint.target, groupIds: [endpoint.group] } }
    ]
    privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: zones[i].outputs.resourceId }] }
  }
}]

output appSubnetId string = vnet.outputs.subnetResourceIds[0]
