using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Domain;

namespace Serverless.Dialects.Http;

/// <summary>Reads request bodies within bounds.</summary>
public static class RequestBodies
{
    /// <summary>How deep JSON may nest. What is stored wraps it in some levels more, and System.Text.Json reads no more than 64 of them back.</summary>
    public const int MaxDepth = 48;

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
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, int limit, CancellationToken cancellation) =>
        ParseObject(await ReadAsync(request, limit, cancellation));

    /// <summary>A body that has been read as a JSON object.</summary>
    /// <exception cref="DomainException">It is no JSON object.</exception>
    public static JsonObject ParseObject(byte[] body) =>
        Parse(body) as JsonObject ?? throw new DomainException(Refusal.Invalid, "The body is a JSON object.");

    /// <summary>The body as JSON; null where it is the word null.</summary>
    /// <exception cref="DomainException">It is no well-formed JSON.</exception>
    /// <exception cref="BodyTooLargeException">It is larger than <paramref name="limit"/> bytes.</exception>
    public static async Task<JsonNode?> ReadJsonAsync(HttpRequest request, int limit, CancellationToken cancellation) =>
        Parse(await ReadAsync(request, limit, cancellation));

    private static JsonNode? Parse(byte[] body)
    {
        try
        {
            CheckTexts(body);
            // Members are looked at now, so that a name that comes twice is found here and not where it is used.
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
            return JsonNode.Parse(body, documentOptions: options);
        }
        catch (JsonException broken)
        {
            throw new DomainException(Refusal.Invalid, $"The body is no well-formed JSON: {broken.Message}");
        }
    }

    /// <summary>Finds strings that are no text (half a surrogate pair, bytes that are no UTF-8) here, and not where they are used.</summary>
    /// <exception cref="JsonException">A string is none, or the JSON is not well-formed.</exception>
    public static void CheckTexts(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException broken)
                {
                    throw new JsonException(broken.Message, broken);
                }
            }
        }
    }
}

/// <summary>A request's body is larger than this API takes.</summary>
public sealed class BodyTooLargeException(int limit) : Exception($"The body has more than {limit} bytes.");
