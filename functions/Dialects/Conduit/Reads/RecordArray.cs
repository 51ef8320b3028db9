using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>An answer that is an array of records, gathered whole: what it is (304, 413, compressed) is known at its end.</summary>
internal sealed class RecordArray : IDisposable
{
    /// <summary>Answers of more bytes are compressed for whoever takes it (seed, "Outgoing compression").</summary>
    private const int CompressedAbove = 1024;

    private readonly ChunkedBuffer body = new();
    private readonly Utf8JsonWriter writer;
    private readonly int maxBytes;

    public RecordArray(ConduitSettings settings)
    {
        maxBytes = settings.MaxAnswerBytes;
        writer = new Utf8JsonWriter(body, JsonResponses.WriterOptions);
        writer.WriteStartArray();
    }

    public int Count { get; private set; }

    /// <exception cref="AnswerTooLargeException">The answer is larger than the tenant's settings allow.</exception>
    public void Add(Action<Utf8JsonWriter> write)
    {
        write(writer);
        Count++;
        if (maxBytes > 0 && writer.BytesCommitted + writer.BytesPending > maxBytes)
        {
            throw new AnswerTooLargeException($"The answer has more than {maxBytes} bytes: ask for less.");
        }
    }

    public async Task SendAsync(HttpContext context)
    {
        if (Count == 0)
        {
            // HTTP forbids a body here, so that the seed's status message for 304 has no place.
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        writer.WriteEndArray();
        await writer.FlushAsync(context.RequestAborted);
        context.Response.ContentType = JsonResponses.ContentType;
        await GzipAnswers.WriteAsync(context, body, CompressedAbove);
    }

    public void Dispose()
    {
        writer.Dispose();
        body.Dispose();
    }
}
