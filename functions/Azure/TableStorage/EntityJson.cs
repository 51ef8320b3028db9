using System.Buffers;
using System.Text.Json;

namespace Serverless.Azure.TableStorage;

/// <summary>An entity that becomes JSON. Types that JSON lacks are named beside the property: Edm.Int64 as a string, Edm.Binary as base64.</summary>
internal sealed class EntityJson(string partitionKey, string rowKey)
{
    private readonly List<Property> properties = [new("PartitionKey", null, partitionKey, default), new("RowKey", null, rowKey, default)];

    public string RowKey => rowKey;

    public EntityJson Set(string name, string value) => Add(new Property(name, null, value, default));

    public EntityJson Set(string name, long value) => Add(new Property(name, "Edm.Int64", value.ToString(), default));

    /// <summary>Spreads bytes over as many binary properties as they need.</summary>
    public EntityJson SetPayload(ReadOnlyMemory<byte> payload)
    {
        for (var part = 0; payload.Length > 0; part++)
        {
            var length = Math.Min(payload.Length, Payload.PropertyBytes);
            Add(new Property(Payload.Name(part), "Edm.Binary", null, payload[..length]));
            payload = payload[length..];
        }

        return this;
    }

    public ReadOnlyMemory<byte> ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var (name, type, text, bytes) in properties)
        {
            if (type is not null)
            {
                json.WriteString($"{name}@odata.type", type);
            }

            if (text is not null)
            {
                json.WriteString(name, text);
            }
            else
            {
                json.WriteBase64String(name, bytes.Span);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private EntityJson Add(Property property)
    {
        properties.Add(property);
        return this;
    }

    /// <summary>A property: text as it stands, or bytes.</summary>
    private sealed record Property(string Name, string? Type, string? Text, ReadOnlyMemory<byte> Bytes);
}
