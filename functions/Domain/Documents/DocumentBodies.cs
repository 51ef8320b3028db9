using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Documents;

/// <summary>Documents that are written as JSON objects.</summary>
internal static class DocumentBodies
{
    /// <summary>The object in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Of(JsonObject body)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            body.WriteTo(writer);
        }

        return buffer.ToArray();
    }
}
