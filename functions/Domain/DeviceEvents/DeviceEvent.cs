using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.DeviceEvents;

/// <summary>Something that happened at a device, such as a door that was opened: it neither lasts as an alarm nor is it a number as a reading is.</summary>
public sealed record DeviceEvent
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the device, or of the other object, at which it happened.</summary>
    public required string Source { get; init; }

    /// <summary>What happened, as a word for programs.</summary>
    public required string Type { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Text { get; init; }

    /// <summary>When it happened, in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Members of the users' own, as they wrote them.</summary>
    public JsonObject Fragments { get; init; } = [];

    /// <summary>What is known of the file that belongs to it, or null; its bytes are the binary with <see cref="BinaryId"/>.</summary>
    public EventAttachment? Attachment { get; init; }

    /// <summary>The id of its file in the store of binaries.</summary>
    [JsonIgnore]
    public string BinaryId => $"event.{Id}";
}

/// <summary>A file that belongs to an event.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Length">How many bytes it has.</param>
public sealed record EventAttachment(string Name, string Type, long Length);

/// <summary>What an event is made with.</summary>
/// <param name="Source">The id of the device or other object.</param>
/// <param name="Type">What happened, as a word for programs.</param>
/// <param name="Text">What happened, for people.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Fragments">Members of the user's own.</param>
public sealed record NewEvent(string Source, string Type, string Text, DateTimeOffset Time, JsonObject? Fragments = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DeviceEvent))]
public sealed partial class DeviceEventJson : JsonSerializerContext
{
    /// <summary>The event as a JSON object, as changes have it.</summary>
    public static JsonObject ToObject(DeviceEvent happened) => JsonSerializer.SerializeToNode(happened, Default.DeviceEvent)!.AsObject();
}
