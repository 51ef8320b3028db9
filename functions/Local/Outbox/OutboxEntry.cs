using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Local.Outbox;

/// <summary>An event's document in the outbox: its status, its place in the order of publishing, and the event until it is delivered.</summary>
internal static class OutboxEntry
{
    public const string Partition = "$outbox";
    public const string Kind = Kinds.Event;

    /// <summary>Published, not yet tried.</summary>
    public const string Pending = "pending";

    /// <summary>A handler has failed; it is tried again from time to time, apart from the others.</summary>
    public const string Retrying = "retrying";

    /// <summary>Every handler has it. It stays a day, so that publishing it again is known to be a repetition.</summary>
    public const string Delivered = "delivered";

    public static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    public static string Id(CloudEvent cloudEvent) => cloudEvent.Identity();

    public static DocumentKey Key(string id) => new(Partition, Kind, id);

    public static DocumentQuery Query(string status) =>
        new(Partition, Kind, Filter.Eq("status", JsonValue.Create(status)), [new Ordering("time")], IDocumentStore.MaxWrites);

    /// <param name="cloudEvent">The event.</param>
    /// <param name="place">Where it stands among the published, as ticks.</param>
    public static DocumentWrite Publish(CloudEvent cloudEvent, long place)
    {
        var body = new JsonObject
        {
            ["status"] = Pending,
            ["time"] = place.ToString("D19"),
            ["event"] = CloudEventJson.Write(cloudEvent),
        };
        return new DocumentWrite(WriteMode.Create, Kind, Id(cloudEvent), Encode(body));
    }

    public static DocumentWrite MarkRetrying(Document entry)
    {
        var body = JsonNode.Parse(entry.Body.Span)!.AsObject();
        body["status"] = Retrying;
        return new DocumentWrite(WriteMode.Upsert, Kind, entry.Key.Id, Encode(body));
    }

    public static DocumentWrite MarkDelivered(Document entry, DateTimeOffset now) =>
        new(WriteMode.Upsert, Kind, entry.Key.Id, Encode(new JsonObject { ["status"] = Delivered }), Expires: now + Remembered);

    public static CloudEvent Event(Document entry)
    {
        using var body = JsonDocument.Parse(entry.Body);
        return CloudEventJson.Read(body.RootElement.GetProperty("event"));
    }

    private static byte[] Encode(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
