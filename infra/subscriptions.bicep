metadata description = 'Subscribes the functions that have an Event Grid trigger to the topic. Deployed after the package: Event Grid asks whether they are there.'

param topic string
param functionApp string
param storageAccount string
param deadLetterContainer string = 'deadletters'

@description('The functions\' names.')
param functions array

resource events 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topic
}

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionApp
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccount
}

resource subscriptions 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [for function in functions: {
  parent: events
  name: function
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${app.id}/functions/${function}', maxEventsPerBatch: 1, preferredBatchSizeInKilobytes: 64 }
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: account.id, blobContainerName: deadLetterContainer }
      }
    }
  }
}]
