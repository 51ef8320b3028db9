using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Answers;

/// <summary>What a route answers.</summary>
internal sealed class CumulocityAnswer
{
    private readonly int status;
    private readonly string type;
    private readonly Func<HttpContext, Task>? write;
    private readonly bool isJson;

    private CumulocityAnswer(int status, string type, Func<HttpContext, Task>? write, bool isJson)
    {
        this.status = status;
        this.type = type;
        this.write = write;
        this.isJson = isJson;
    }

    public static CumulocityAnswer NoContent { get; } = new(StatusCodes.Status204NoContent, "", null, false);

    /// <summary>The URL of what was made.</summary>
    public string? Location { get; init; }

    /// <summary>200 with a document of the vendor's media type, such as managedobject.</summary>
    public static CumulocityAnswer Ok(JsonNode document, string type) => Json(StatusCodes.Status200OK, document, type);

    /// <summary>201 with what was made, and where.</summary>
    public static CumulocityAnswer Created(JsonNode document, string type, string? self) =>
        Json(StatusCodes.Status201Created, document, type, self);

    public static CumulocityAnswer Json(int status, JsonNode document, string type, string? location = null) =>
        Write(status, type, writer => document.WriteTo(writer), location);

    /// <summary>A document that is written as it goes.</summary>
    public static CumulocityAnswer Write(int status, string type, Action<Utf8JsonWriter> document, string? location = null) =>
        new(
            status,
            type,
            async context =>
            {
                await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, JsonResponses.WriterOptions);
                document(writer);
                await writer.FlushAsync(context.RequestAborted);
            },
            true
        )
        {
            Location = location,
        };

    /// <summary>An answer that is no JSON.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="contentType">Its media type as it goes out.</param>
    /// <param name="write">Writes the body, and sets what other headers it has before.</param>
    public static CumulocityAnswer Other(int status, string contentType, Func<HttpContext, Task> write) =>
        new(status, contentType, write, false);

    /// <summary>A status without a body.</summary>
    public static CumulocityAnswer Empty(int status) => new(status, "", null, false);

    /// <summary>Sends it. A client that makes or changes something and says nothing of what it accepts gets no body (reference 1.1).</summary>
    public async Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        var changes = HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsPut(context.Request.Method);
        if (write is null || (isJson && changes && context.Request.Headers.Accept.Count == 0))
        {
            return;
        }

        response.ContentType = isJson ? TypeFor(context.Request) : type;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await write(context);
        }
    }

    /// <summary>The vendor's type where the client asks for one of the vendor's, else plain JSON.</summary>
    private string TypeFor(HttpRequest request) =>
        type.Length > 0 && MediaTypes.Accepted(request).Any(accepted => accepted != MediaTypes.Json && MediaTypes.IsJson(accepted))
            ? MediaTypes.Vendor(type)
            : JsonResponses.ContentType;
}
