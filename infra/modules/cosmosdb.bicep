metadata description = 'Documents: tenants, users, devices, changes, dead letters.'

param name string
param location string
param tags object
param principalId string

@description('0 for serverless, else the most request units a second of autoscale, in thousands; a tenth of it is always paid.')
@minValue(0)
@maxValue(1000)
param thousandRequestUnits int

@description('Whether it is reached through private endpoints only.')
param isPrivate bool

var isServerless = thousandRequestUnits == 0

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: isServerless ? [{ name: 'EnableServerless' }] : []
    // Reads see writes through every instance of the app, which a session does not reach; in one region this costs no latency, but a read twice the request units.
    consistencyPolicy: { defaultConsistencyLevel: 'Strong' }
    disableLocalAuth: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    locations: [{ locationName: location, failoverPriority: 0, isZoneRedundant: false }]
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }

  resource database 'sqlDatabases' = {
    name: 'iot'
    properties: { resource: { id: 'iot' } }

    resource documents 'containers' = {
      name: 'documents'
      properties: {
        options: isServerless ? {} : { autoscaleSettings: { maxThroughput: thousandRequestUnits * 1000 } }
        resource: {
          id: 'documents'
          partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 }
          // On, with no default: what has a time to live of its own ends by itself, such as changes and dead letters.
          defaultTtl: -1
          // What the documents' adapter asks for: functions/Azure/CosmosDb/ContainerDefinition.cs.
          indexingPolicy: loadJsonContent('index-policy.json')
        }
      }
    }
  }

  // "Cosmos DB Built-in Data Contributor", which Cosmos DB keeps itself; this account has nothing but the app's documents.
  resource contributor 'sqlRoleAssignments' = {
    name: guid(name, principalId, 'contributor')
    properties: {
      principalId: principalId
      roleDefinitionId: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
      scope: account.id
    }
    // An account refuses a second change while the first is under way.
    dependsOn: [database]
  }
}

output id string = account.id
output endpoint string = account.properties.documentEndpoint
output database string = account::database.name
output container string = account::database::documents.name
