using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>An item of the container: one document with what the store needs beside it.</summary>
/// <remarks>
/// As JSON: id (<see cref="ItemId"/>), pk (partition), k (kind), i (the document's id where the item's is cut), m (the mark of the
/// commit that wrote it), b (body),
/// x (the body as text, where b does not mean the same), e (when it ends, microseconds since 1970), ttl (seconds), o (sort keys of <see
/// cref="DocumentOrders"/>).
/// </remarks>
internal sealed record CosmosItem(string Id, string ETag, string Mark, long? Expires, ReadOnlyMemory<byte> Body)
{
    // Cosmos DB counts from its own clock's second: what it deletes must have ended by ours.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Times as the items hold them.</summary>
    public static long Microseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public bool IsLive(long now) => Expires is not { } end || end > now;

    public Document ToDocument(string partition, string kind) =>
        new(new DocumentKey(partition, kind, Id), Body, ETagText.Write(ETag, Expires));

    /// <summary>The item of a write.</summary>
    /// <exception cref="ArgumentException">The body is no JSON object.</exception>
    public static byte[] Write(string partition, DocumentWrite write, string mark, DocumentOrders orders, DateTimeOffset now)
    {
        using var body = BodyText.Parse(write.Body);
        var buffer = new ArrayBufferWriter<byte>(write.Body.Length + 512);
        using var writer = new Utf8JsonWriter(buffer);
        var id = ItemId.Of(write.Kind, write.Id);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("pk"u8, partition);
        writer.WriteString("k"u8, write.Kind);
        writer.WriteString("m"u8, mark);
        if (ItemId.IsCut(id))
        {
            writer.WriteString("i"u8, write.Id);
        }

        if (write.Expires is { } end)
        {
            writer.WriteNumber("e"u8, Microseconds(end));
            writer.WriteNumber("ttl"u8, (int)Math.Clamp(Math.Ceiling((end - now + Grace).TotalSeconds), 1, int.MaxValue));
        }

        WriteSortKeys(writer, orders.KeysOf(write.Kind), body.RootElement);
        WriteBody(writer, write.Body, body.RootElement);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads an item as Cosmos DB gives it; what it holds is copied.</summary>
    public static CosmosItem Read(JsonElement item)
    {
        var id = item.GetProperty("id"u8).GetString()!;
        var body = item.TryGetProperty("x"u8, out var text)
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : JsonMarshal.GetRawUtf8Value(item.GetProperty("b"u8)).ToArray();
        return new CosmosItem(
            item.TryGetProperty("i"u8, out var whole) ? whole.GetString()! : ItemId.Read(id),
            item.GetProperty("_etag"u8).GetString()!,
            item.GetProperty("m"u8).GetString()!,
            item.TryGetProperty("e"u8, out var end) ? end.GetInt64() : null,
            body
        );
    }

    private static void WriteSortKeys(Utf8JsonWriter writer, IReadOnlyList<(string Name, MemberPath Path)> keys, JsonElement body)
    {
        if (keys.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("o"u8);
        foreach (var (name, path) in keys)
        {
            writer.WriteString(name, SortKey.Of(path, body));
        }

        writer.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter writer, ReadOnlyMemory<byte> body, JsonElement parsed)
    {
        writer.WritePropertyName("b"u8);
        if (BodyText.IsKept(body))
        {
            writer.WriteRawValue(body.Span, skipInputValidation: true);
            return;
        }

        BodyText.WriteKept(writer, parsed);
        writer.WriteString("x"u8, body.Span);
    }
}
