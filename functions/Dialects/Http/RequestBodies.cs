using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Domain;

namespace Serverless.Dialects.Http;

/// <summary>Reads request bodies within bounds.</summary>
public static class RequestBodies
{
    /// <summary>The whole body.</summary>
    /// <exception cref="BodyTooLargeException">It is larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            throw new BodyTooLargeException(limit);
        }

        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellation);
            if (result.Buffer.Length > limit)
            {
                request.BodyReader.AdvanceTo(result.Buffer.End);
                throw new BodyTooLargeException(limit);
            }

            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="DomainException">It is no JSON object.</exception>
    /// <exception cref="BodyTooLargeException">It is larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        var body = await ReadAsync(request, limit, cancellation);
        try
        {
            // Members are looked at now, so that a name that comes twice is found here and not where it is used.
            if (JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject parsed)
            {
                return parsed;
            }
        }
        catch (JsonException broken)
        {
            throw new DomainException(Refusal.Invalid, $"The body is no well-formed JSON: {broken.Message}");
        }

        throw new DomainException(Refusal.Invalid, "The body is a JSON object.");
    }
}

/// <summary>A request's body is larger than this API takes.</summary>
public sealed class BodyTooLargeException(int limit) : Exception($"The body has more than {limit} bytes.");
