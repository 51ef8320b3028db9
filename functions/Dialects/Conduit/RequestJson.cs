using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Http;
using Serverless.Domain;

namespace Serverless.Dialects.Conduit;

/// <summary>Bodies in JSON, which may be compressed (seed, "Request" and "Incoming compression").</summary>
internal static class RequestJson
{
    /// <summary>The most bytes of a body, compressed and not: 5 MB in the seed.</summary>
    public const int Limit = 5 * 1024 * 1024;

    private const string Type = "application/json";

    /// <summary>The body's bytes; the caller disposes them.</summary>
    /// <exception cref="DomainException">Content-Type is not that of JSON.</exception>
    /// <exception cref="BodyTooLargeException">It is larger than <see cref="Limit"/>.</exception>
    /// <exception cref="InvalidDataException">It is not compressed as it says.</exception>
    public static Task<ChunkedBuffer> ReadBytesAsync(HttpRequest request, CancellationToken cancellation) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(Type, StringComparison.OrdinalIgnoreCase)
            ? GzipBodies.ReadAsync(request, Limit, cancellation)
            : throw new DomainException(Refusal.Invalid, $"Content-Type is {Type}.");

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="DomainException">It is none.</exception>
    public static async Task<JsonObject> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var body = await ReadBytesAsync(request, cancellation);
        return RequestBodies.ParseObject(body.Written.ToArray());
    }
}
