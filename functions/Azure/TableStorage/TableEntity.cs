using System.Text.Json;

namespace Serverless.Azure.TableStorage;

/// <summary>An entity in a page of a query's answer. It is valid until the next one is asked for.</summary>
internal readonly record struct TableEntity(JsonElement Json)
{
    public string RowKey => Text(nameof(RowKey));

    /// <summary>Only where the query asked for ETags.</summary>
    public string ETag => Text("odata.etag");

    /// <summary>When it was last written, by the service's clock.</summary>
    public DateTimeOffset Timestamp => Json.GetProperty(nameof(Timestamp)).GetDateTimeOffset();

    public string Text(string name) => Json.GetProperty(name).GetString() ?? "";

    /// <summary>An Edm.Int64; 0 where there is none.</summary>
    public long Number(string name) => Json.TryGetProperty(name, out var value) ? long.Parse(value.GetString() ?? "0") : 0;

    /// <summary>A copy of the bytes that <see cref="EntityJson.SetPayload"/> spread.</summary>
    public byte[] ReadPayload() => Payload.Read(Json);
}
