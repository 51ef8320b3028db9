using System.Text.Json.Serialization;
using Serverless.Dialects.ThingScale.Events;
using Serverless.Dialects.ThingScale.Users;

namespace Serverless.Dialects.ThingScale.Channels;

/// <summary>A logical channel, which gathers the rows of the devices that are mapped to it, or one of its tags where somebody named it.</summary>
/// <param name="Number">The channel's id, from 0 up.</param>
/// <param name="Tag">The tag, or null for the channel itself.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Updated">When it was made or renamed.</param>
internal sealed record ThingScaleChannel(int Number, string? Tag, string Name, DateTimeOffset Updated)
{
    /// <summary>The name of a channel that nobody has named.</summary>
    public static string DefaultName(int number) => $"CH{number}";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ThingScaleChannel))]
[JsonSerializable(typeof(ThingScaleEvent))]
[JsonSerializable(typeof(EventCounter))]
[JsonSerializable(typeof(UserProfile))]
internal sealed partial class ThingScaleJson : JsonSerializerContext;
