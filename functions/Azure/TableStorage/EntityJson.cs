using System.Buffers;
using System.Text.Json;

namespace Serverless.Azure.TableStorage;

/// <summary>Writes an entity as JSON. Types that JSON lacks are named beside the property: Edm.Int64 as a string, Edm.Binary as base64.</summary>
internal sealed class EntityJson
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);
    private readonly Utf8JsonWriter json;

    public EntityJson(string partitionKey, string rowKey)
    {
        RowKey = rowKey;
        json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("PartitionKey", partitionKey);
        json.WriteString("RowKey", rowKey);
    }

    public string RowKey { get; }

    /// <summary>The whole entity; nothing may be set afterwards.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            if (json.CurrentDepth > 0)
            {
                json.WriteEndObject();
                json.Flush();
            }

            return buffer.WrittenMemory;
        }
    }

    public EntityJson Set(string name, string value)
    {
        json.WriteString(name, value);
        return this;
    }

    public EntityJson Set(string name, long value)
    {
        json.WriteString($"{name}@odata.type", "Edm.Int64");
        json.WriteString(name, value.ToString());
        return this;
    }

    /// <summary>Spreads bytes over as many binary properties as they need.</summary>
    public EntityJson SetPayload(ReadOnlySpan<byte> payload)
    {
        for (var part = 0; payload.Length > 0; part++)
        {
            var length = Math.Min(payload.Length, Payload.PropertyBytes);
            var name = Payload.Name(part);
            json.WriteString($"{name}@odata.type", "Edm.Binary");
            json.WriteBase64String(name, payload[..length]);
            payload = payload[length..];
        }

        return this;
    }
}
