namespace Serverless.Domain.Documents;

/// <summary>The partitions that are no tenant's own, and the kinds of documents.</summary>
public static class Partitions
{
    /// <summary>Tenants, the indexes that span them, and signing keys.</summary>
    public const string System = "$system";

    /// <summary>A tenant's deliveries to webhooks, which are many and come and go.</summary>
    public static string Deliveries(string tenant) => $"{tenant}/deliveries";
}

/// <summary>The kinds of documents, in one place so that no two things share one.</summary>
public static class Kinds
{
    public const string Tenant = "tenant";
    public const string Database = "database";
    public const string User = "user";
    public const string Login = "login";
    public const string Token = "token";
    public const string Client = "client";
    public const string AppliedBootstrap = "appliedBootstrap";
    public const string SigningKey = "signingKey";
    public const string Device = "device";
    public const string DeviceKeys = "deviceKeys";
    public const string RetiredDevice = "retiredDevice";
    public const string ExternalId = "externalId";
    public const string Link = "link";
    public const string HubDevice = "hubDevice";
    public const string DeviceLog = "deviceLog";
    public const string Change = "change";
    public const string ChangeHead = "changeHead";
    public const string Listener = "listener";
    public const string DeadLetter = "deadLetter";
    public const string Command = "command";
    public const string CommandEntry = "commandEntry";
    public const string Group = "group";
    public const string Installation = "installation";
    public const string Alarm = "alarm";
    public const string ActiveAlarm = "activeAlarm";
    public const string Rule = "rule";
    public const string RuleState = "ruleState";
    public const string RuleHead = "ruleHead";
    public const string EndedRule = "endedRule";
    public const string AuditRecord = "auditRecord";
    public const string TenantOption = "tenantOption";
    public const string BulkOperation = "bulkOperation";
    public const string DeviceRequest = "deviceRequest";
    public const string DeviceRequestEntry = "deviceRequestEntry";
    public const string RateWindow = "rateWindow";
    public const string Event = "event";
    public const string PendingEvent = "pendingEvent";
    public const string Webhook = "webhook";
    public const string Delivery = "delivery";
    public const string ThingScaleChannel = "thingscaleChannel";
    public const string ThingScaleEvent = "thingscaleEvent";
    public const string ThingScaleCounter = "thingscaleCounter";
    public const string ThingScaleProfile = "thingscaleProfile";
    public const string HubSession = "hubSession";
    public const string TopicSession = "topicSession";
    public const string HandledMessage = "handledMessage";
    public const string EndedToken = "endedToken";
    public const string RealtimeSession = "realtimeSession";
    public const string RealtimeConnection = "realtimeConnection";
    public const string RealtimeGroup = "realtimeGroup";
    public const string NotificationSubscription = "notificationSubscription";
    public const string NotificationEntry = "notificationEntry";
    public const string NotificationConsumer = "notificationConsumer";
    public const string NotificationConnection = "notificationConnection";
    public const string CloudToDevice = "cloudToDevice";
    public const string CumulocityProfile = "cumulocityProfile";
    public const string Binary = "binary";
    public const string BinaryChunk = "binaryChunk";
    public const string BinaryRemains = "binaryRemains";
    public const string DeviceEvent = "deviceEvent";
    public const string RetentionRule = "retentionRule";
}
