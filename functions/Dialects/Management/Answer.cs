using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Management;

/// <summary>What a route answers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON body, or null for none.</param>
internal sealed record Answer(int Status, JsonObject? Body = null)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly Answer NoContent = new(StatusCodes.Status204NoContent);

    public string ContentType { get; init; } = "application/json";

    /// <summary>The store's entity tag of what the body shows, without quotes.</summary>
    public string? ETag { get; init; }

    /// <summary>Where the thing that was created is.</summary>
    public string? Location { get; init; }

    /// <summary>The methods that the resource knows, where the answer says so.</summary>
    public string? Allow { get; init; }

    /// <summary>How many seconds to wait before trying again.</summary>
    public int? RetryAfter { get; init; }

    public static Answer Ok(JsonObject body, string? etag = null) => new(StatusCodes.Status200OK, body) { ETag = etag };

    public static Answer Created(JsonObject body, string location, string? etag = null) =>
        new(StatusCodes.Status201Created, body) { ETag = etag, Location = location };

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = NotModified(context.Request) ? StatusCodes.Status304NotModified : Status;
        WriteHeaders(response.Headers);
        if (Body is null || response.StatusCode == StatusCodes.Status304NotModified)
        {
            return;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Relaxed))
        {
            Body.WriteTo(writer);
        }

        response.ContentType = ContentType;
        response.ContentLength = stream.Length;
        await response.Body.WriteAsync(stream.GetBuffer().AsMemory(0, (int)stream.Length), context.RequestAborted);
    }

    private void WriteHeaders(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        if (ETag is not null)
        {
            headers.ETag = EntityTags.Quote(ETag);
        }

        if (Location is not null)
        {
            headers.Location = Location;
        }

        if (Allow is not null)
        {
            headers.Allow = Allow;
        }

        if (RetryAfter is { } seconds)
        {
            headers.RetryAfter = seconds.ToString();
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Bearer realm=\"serverless\"";
        }
    }

    private bool NotModified(HttpRequest request) =>
        Status == StatusCodes.Status200OK
        && ETag is not null
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && EntityTags.Read(request.Headers.IfNoneMatch).Contains(ETag);
}
