using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Serverless.App.Triggers;

/// <summary>
/// The envelope of an invocation: {"Data":{name:value},"Metadata":{…}}. Whatever the host does not hold as an object it writes as JSON text inside a JSON string, so
/// every value is looked at twice. Nothing in it is trusted to be there.
/// </summary>
internal sealed class InvocationBody : IDisposable
{
    private readonly JsonDocument document;

    private InvocationBody(JsonDocument document) => this.document = document;

    /// <exception cref="JsonException">The body is no JSON object.</exception>
    public static InvocationBody Parse(ReadOnlyMemory<byte> body)
    {
        var parsed = JsonDocument.Parse(body);
        return parsed.RootElement.ValueKind == JsonValueKind.Object
            ? new InvocationBody(parsed)
            : throw new JsonException("An invocation is a JSON object.");
    }

    /// <summary>The value of a binding, or an undefined element.</summary>
    public JsonElement Data(string name) => Member("Data", name);

    /// <summary>A metadata value with its inner JSON read, or null where it is missing.</summary>
    public JsonElement? Metadata(string name)
    {
        var value = Member("Metadata", name);
        return value.ValueKind == JsonValueKind.Undefined ? null : Unwrap(value);
    }

    public void Dispose() => document.Dispose();

    /// <summary>The JSON inside a JSON string; the value itself where there is none inside.</summary>
    public static JsonElement Unwrap(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return value;
        }

        try
        {
            using var inner = JsonDocument.Parse(value.GetString()!);
            return inner.RootElement.Clone();
        }
        catch (JsonException)
        {
            return value;
        }
    }

    /// <summary>The bodies of a trigger with dataType binary: one string with an array of base64 texts, or one base64 text.</summary>
    /// <returns>Each body, null where one is no base64.</returns>
    /// <exception cref="JsonException">The value has neither form.</exception>
    public static List<byte[]?> Bodies(JsonElement value)
    {
        var bodies = new List<byte[]?>();
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                bodies.Add(item.ValueKind == JsonValueKind.String && item.TryGetBytesFromBase64(out var bytes) ? bytes : null);
            }

            return bodies;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new JsonException($"The events are neither a string nor an array but {value.ValueKind}.");
        }

        if (value.TryGetBytesFromBase64(out var single) && single.Length > 0)
        {
            bodies.Add(single);
            return bodies;
        }

        ReadArray(value.GetString()!, bodies);
        return bodies;
    }

    private static void ReadArray(string text, List<byte[]?> bodies)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var reader = new Utf8JsonReader(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException("The events' text holds no JSON array.");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                bodies.Add(reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes) ? bytes : null);
                reader.Skip();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private JsonElement Member(string group, string name)
    {
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (string.Equals(member.Name, group, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Object)
            {
                return member.Value.TryGetProperty(name, out var value) ? value : default;
            }
        }

        return default;
    }
}
