using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>
/// Writes invocations as the host's Newtonsoft serializer does: an object stays one, everything else is JSON text inside a JSON string, dates have no zone.
/// </summary>
internal static class Envelope
{
    // Newtonsoft escapes no more than JSON wants.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Cardinality many, dataType binary.</summary>
    public static string Many(params IReadOnlyList<HostEvent> events) =>
        Of(
            Text(new JsonArray([.. events.Select(item => JsonValue.Create(Convert.ToBase64String(item.Body)))])),
            new JsonObject
            {
                ["PartitionContext"] = PartitionContext(),
                ["PartitionKeyArray"] = Text(new JsonArray([.. events.Select(item => JsonValue.Create(item.DeviceId))])),
                ["OffsetArray"] = Text(new JsonArray([.. events.Select(item => JsonValue.Create(Offset(item)))])),
                ["SequenceNumberArray"] = Text(new JsonArray([.. events.Select(item => JsonValue.Create(item.SequenceNumber))])),
                ["EnqueuedTimeUtcArray"] = Text(new JsonArray([.. events.Select(item => JsonValue.Create(Time(item)))])),
                ["PropertiesArray"] = Text(new JsonArray([.. events.Select(Properties)])),
                ["SystemPropertiesArray"] = Text(new JsonArray([.. events.Select(SystemProperties)])),
                ["sys"] = Sys(),
            }
        );

    /// <summary>Cardinality one, dataType binary: one base64 text, and metadata of its own names.</summary>
    public static string One(HostEvent item) =>
        Of(
            Convert.ToBase64String(item.Body),
            new JsonObject
            {
                ["PartitionContext"] = PartitionContext(),
                ["PartitionKey"] = Text(JsonValue.Create(item.DeviceId)),
                ["Offset"] = Text(JsonValue.Create(Offset(item))),
                ["SequenceNumber"] = Text(JsonValue.Create(item.SequenceNumber)),
                ["EnqueuedTimeUtc"] = item.Enqueued.ToString("yyyy-MM-ddTHH:mm:ss"),
                ["Properties"] = Properties(item),
                ["SystemProperties"] = SystemProperties(item),
                ["sys"] = Sys(),
            }
        );

    /// <summary>An envelope of any data and metadata.</summary>
    public static string Of(JsonNode? events, JsonObject? metadata) =>
        new JsonObject
        {
            ["Data"] = new JsonObject { ["events"] = events },
            ["Metadata"] = metadata,
        }.ToJsonString(Options);

    private static string Text(JsonNode node) => node.ToJsonString(Options);

    private static string Offset(HostEvent item) => $"{4294967296 + (item.SequenceNumber * 184)}";

    private static string Time(HostEvent item) => item.Enqueued.ToString("yyyy-MM-ddTHH:mm:ss.fffffff");

    private static JsonObject Properties(HostEvent item)
    {
        var properties = new JsonObject { ["src"] = "agent", ["n"] = 5 };
        foreach (var (name, value) in item.Properties)
        {
            properties[name] = value;
        }

        return properties;
    }

    private static JsonObject SystemProperties(HostEvent item) =>
        new()
        {
            ["x-opt-sequence-number-epoch"] = -1,
            ["iothub-connection-device-id"] = item.DeviceId,
            ["iothub-connection-auth-method"] = """{"scope":"device","type":"sas","issuer":"iothub"}""",
            ["iothub-enqueuedtime"] = Time(item),
            ["iothub-message-source"] = item.Source,
            ["SequenceNumber"] = item.SequenceNumber,
            ["Offset"] = Offset(item),
            ["PartitionKey"] = item.DeviceId,
            ["EnqueuedTimeUtc"] = Time(item),
        };

    private static JsonObject PartitionContext() =>
        new()
        {
            ["IsCheckpointingAfterInvocation"] = true,
            ["FullyQualifiedNamespace"] = "ns.servicebus.windows.net",
            ["EventHubName"] = "telemetry",
            ["ConsumerGroup"] = "$Default",
            ["PartitionId"] = "3",
        };

    private static JsonObject Sys() =>
        new()
        {
            ["MethodName"] = "telemetry",
            ["UtcNow"] = "2026-08-01T12:34:57.001Z",
            ["RandGuid"] = "24ad4c06-24ad-4e5b-8294-3da9714877e9",
        };
}
