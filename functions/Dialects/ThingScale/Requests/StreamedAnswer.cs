using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>An answer that is sent as it is written, so that its length costs no memory.</summary>
/// <remarks>It gathers in a buffer of its own: where reading fails before anything was sent, nothing of it is, and the error is.</remarks>
internal sealed class StreamedAnswer
{
    private const int FlushBytes = 32 * 1024;

    private readonly HttpContext http;
    private readonly ArrayBufferWriter<byte> buffer = new();

    public StreamedAnswer(HttpContext http)
    {
        this.http = http;
        Writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions);
    }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Sends what has gathered, where it is much; the client's pace is ours then.</summary>
    public ValueTask FlushAsync() => Writer.BytesPending + buffer.WrittenCount < FlushBytes ? ValueTask.CompletedTask : EndAsync();

    /// <summary>Sends all that has gathered.</summary>
    public async ValueTask EndAsync()
    {
        Writer.Flush();
        http.Response.ContentType = JsonResponses.ContentType;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
        buffer.ResetWrittenCount();
    }
}
