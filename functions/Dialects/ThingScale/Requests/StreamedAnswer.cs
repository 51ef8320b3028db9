using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.ThingScale.Requests;

/// <summary>An answer that is sent as it is written, so that its length costs no memory.</summary>
/// <remarks>It gathers in a buffer of its own: where reading fails before anything was sent, nothing of it is, and the error is.</remarks>
internal sealed class StreamedAnswer : IDisposable
{
    private const int FlushBytes = 32 * 1024;

    private readonly HttpContext http;
    private readonly MemoryStream buffer = new();

    public StreamedAnswer(HttpContext http)
    {
        this.http = http;
        Writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions);
    }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Sends what has gathered, where it is much; the client's pace is ours then.</summary>
    public ValueTask FlushAsync() => Writer.BytesPending + buffer.Length < FlushBytes ? ValueTask.CompletedTask : EndAsync();

    /// <summary>Sends all that has gathered.</summary>
    public async ValueTask EndAsync()
    {
        Writer.Flush();
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = JsonResponses.ContentType;
        }

        await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
        buffer.SetLength(0);
    }

    public void Dispose() => buffer.Dispose();
}
