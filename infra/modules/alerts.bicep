metadata description = 'What somebody should look at: failures, throttling, dead letters, IoT Hub\'s quota, slow storage.'

param name string
param location string
param tags object
param email string
param insightsId string
param workspaceId string
param storageAccountId string
param cosmosAccountId string
param eventHubNamespaceId string
param iotHubId string
param messagesPerDay int
param topicId string
param edgeId string

var rules = [
  {
    name: 'callers-see-failures'
    description: 'More than 5 % of the answers of the last 5 minutes were 5xx.'
    severity: 1
    scope: edgeId
    namespace: 'Microsoft.Cdn/profiles'
    metric: 'Percentage5XX'
    aggregation: 'Average'
    threshold: 5
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'invocations-fail'
    description: 'Requests or batches fail. Telemetry is tried again for as long as Event Hubs keeps it, which is a day.'
    severity: 1
    scope: insightsId
    namespace: 'microsoft.insights/components'
    metric: 'requests/failed'
    aggregation: 'Count'
    threshold: 10
    window: 'PT5M'
    dimensions: [{ name: 'request/resultCode', operator: 'Include', values: ['0', '500', '502', '503', '504'] }]
  }
  {
    name: 'documents-throttled'
    description: 'Cosmos DB answers 429: raise documentThousandRequestUnits, or a tenant is larger than one partition serves.'
    severity: 2
    scope: cosmosAccountId
    namespace: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'TotalRequests'
    aggregation: 'Count'
    threshold: 100
    window: 'PT5M'
    dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
  }
  {
    name: 'series-throttled'
    description: 'Table Storage refuses requests because a partition or the account is too busy.'
    severity: 2
    scope: storageAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    threshold: 100
    window: 'PT5M'
    dimensions: [{ name: 'ResponseType', operator: 'Include', values: ['ServerBusyError', 'ClientThrottlingError', 'ClientAccountRequestThrottlingError'] }]
  }
  {
    name: 'telemetry-throttled'
    description: 'Event Hubs refuses what IoT Hub sends: raise its throughput units.'
    severity: 2
    scope: eventHubNamespaceId
    namespace: 'Microsoft.EventHub/namespaces'
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'devices-throttled'
    description: 'Devices send faster than the hub\'s units take: raise iotHubUnits.'
    severity: 2
    scope: iotHubId
    namespace: 'Microsoft.Devices/IotHubs'
    metric: 'd2c.telemetry.ingress.sendThrottle'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'hub-quota'
    description: 'Four fifths of the day\'s messages are used. Beyond the last the hub takes no more until midnight UTC.'
    severity: 2
    scope: iotHubId
    namespace: 'Microsoft.Devices/IotHubs'
    metric: 'dailyMessageQuotaUsed'
    aggregation: 'Maximum'
    threshold: messagesPerDay / 10 * 8
    window: 'PT15M'
    dimensions: []
  }
  {
    name: 'messages-dropped'
    description: 'IoT Hub could not deliver messages to the event hub.'
    severity: 1
    scope: iotHubId
    namespace: 'Microsoft.Devices/IotHubs'
    metric: 'd2c.telemetry.egress.dropped'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'events-buried'
    description: 'Event Grid gave up on events: they are in the container deadletters.'
    severity: 2
    scope: topicId
    namespace: 'Microsoft.EventGrid/topics'
    metric: 'DeadLetteredCount'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: []
  }
  {
    name: 'storage-slow'
    description: 'Storage takes more than half a second a request.'
    severity: 3
    scope: storageAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'SuccessE2ELatency'
    aggregation: 'Average'
    threshold: 500
    window: 'PT15M'
    dimensions: []
  }
]

resource people 'Microsoft.Insights/actionGroups@2022-04-01' = {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: empty(email) ? [] : [{ name: 'mail', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for rule in rules: {
  name: '${name}-${rule.name}'
  location: 'global'
  tags: tags
  properties: {
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [rule.scope]
    evaluationFrequency: 'PT5M'
    windowSize: rule.window
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: rule.metric
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: rule.namespace
          metricName: rule.metric
          timeAggregation: rule.aggregation
          operator: 'GreaterThan'
          threshold: rule.threshold
          dimensions: rule.dimensions
          // A metric that has no value yet, as on a new resource, is no mistake in the rule.
          skipMetricValidation: true
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}]

// Both at once: some come in, and none goes out.
resource unread 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-telemetry-unread'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages arrive and nobody reads them: the app does not start, or may not read. What is older than a day is lost.'
    severity: 1
    enabled: true
    scopes: [eventHubNamespaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'arrived'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          metricName: 'IncomingMessages'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 10
          skipMetricValidation: true
        }
        {
          name: 'read'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          metricName: 'OutgoingMessages'
          timeAggregation: 'Total'
          operator: 'LessThanOrEqual'
          threshold: 0
          skipMetricValidation: true
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

// The app's own dead letters are documents; what tells of them is its log: functions/App/Hosting/DeadLetterLog.cs and the telemetry function.
module letters 'br/public:avm/res/insights/scheduled-query-rule:0.6.0' = {
  name: 'dead-letters'
  params: {
    name: '${name}-dead-letters'
    location: location
    tags: tags
    enableTelemetry: false
    alertDescription: 'Messages of devices could not be read and were kept: GET /api/v1/dead-letters.'
    severity: 2
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    scopes: [workspaceId]
    // The table is there once the app has logged something.
    skipQueryValidation: true
    criterias: {
      allOf: [
        {
          query: 'AppTraces | where Message has "dead letters"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroupResourceIds: [people.id] }
  }
}
