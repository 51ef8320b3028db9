using System.Text.Json.Serialization;

namespace Serverless.Domain.Binaries;

/// <summary>Bytes that are kept under an id: a file of the inventory, an event's attachment.</summary>
/// <param name="Id">The id that its owner gave it: 1 to 200 letters, digits, '-', '_' and '.'.</param>
/// <param name="Key">What its chunks are found by. It is a new one with each content, so that who reads the old is not disturbed.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="ChunkLength">How many bytes each chunk has, but the last.</param>
/// <param name="Time">When it was stored.</param>
public sealed record Binary(string Id, string Key, long Length, int ChunkLength, DateTimeOffset Time);

/// <summary>A binary is larger than it may be.</summary>
public sealed class BinaryTooLargeException(long most) : Exception($"A binary has at most {most} bytes.")
{
    public long Most { get; } = most;
}

/// <summary>Chunks that belong to no binary, or not yet: found by their key.</summary>
/// <param name="Time">When they began to be remains.</param>
/// <param name="Chunks">How many there are, or null where that is not known: then they are consecutive from the first.</param>
internal sealed record BinaryRemains(DateTimeOffset Time, int? Chunks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Binary))]
[JsonSerializable(typeof(BinaryRemains))]
internal sealed partial class BinaryJson : JsonSerializerContext;
