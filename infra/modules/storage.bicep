metadata description = 'Tables for series, queues for deliveries, blobs for the package, the host\'s checkpoints and Event Grid\'s dead letters. Keys and SAS are off.'

param name string
param location string
param tags object

@description('The app, which is also the Functions host here.')
param principalId string

param redundancy string

@description('Whether it is reached through private endpoints only.')
param isPrivate bool

// The host keeps its locks and checkpoints as blobs in containers that it makes itself, and asks for Owner there.
var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    // Event Grid writes its dead letters as a service that Azure trusts.
    networkAcls: { bypass: 'AzureServices', defaultAction: isPrivate ? 'Deny' : 'Allow' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = {
      name: 'packages'
    }

    resource deadLetters 'containers' = {
      name: 'deadletters'
    }
  }

  resource queues 'queueServices' = {
    name: 'default'

    resource deliveries 'queues' = {
      name: 'deliveries'
    }

    resource poison 'queues' = {
      name: 'deliveries-poison'
    }
  }

  resource tables 'tableServices' = {
    name: 'default'

    resource series 'tables' = {
      name: 'series'
    }
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [blobDataOwner, queueDataContributor, tableDataContributor]: {
  name: guid(account.id, principalId, role)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

output id string = account.id
output name string = account.name
output blobUri string = account.properties.primaryEndpoints.blob
output queueUri string = account.properties.primaryEndpoints.queue
output tableUri string = account.properties.primaryEndpoints.table
output packageUri string = '${account.properties.primaryEndpoints.blob}${account::blobs::packages.name}'
output deadLetterContainer string = account::blobs::deadLetters.name
output deliveriesQueue string = account::queues::deliveries.name
output table string = account::tables::series.name
