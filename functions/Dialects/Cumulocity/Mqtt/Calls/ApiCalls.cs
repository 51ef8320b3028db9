using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Calls;

/// <summary>One call of the API.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path with its query, escaped.</param>
/// <param name="Body">Its body, or null.</param>
internal sealed record ApiCall(string Method, string Path, JsonNode? Body = null)
{
    /// <summary>The vendor's type of the body, such as measurementcollection; json where it says nothing.</summary>
    public string Type { get; init; } = MediaTypes.Json;

    public ProcessingMode Mode { get; init; } = ProcessingMode.Persistent;
}

/// <summary>The API as MQTT's messages use it. Each stands for a request of the REST API (reference 4), and does what that does.</summary>
internal interface IApiCalls
{
    /// <summary>Makes a call in somebody's name.</summary>
    /// <returns>What is answered, or null where it has no JSON body.</returns>
    /// <exception cref="CumulocityException">The API refuses it.</exception>
    /// <exception cref="Domain.Documents.StoreUnavailableException">Nothing was done; it may be tried again.</exception>
    Task<JsonNode?> CallAsync(Caller caller, ApiCall call, CancellationToken cancellation);
}

/// <summary>Runs the API's own routes in this process: what a topic means is so never different from what the request means.</summary>
internal sealed class ApiCalls : IApiCalls
{
    // Links in answers are relative to a host that a client of MQTT does not know.
    private const string Host = "localhost";

    private readonly CumulocityRoute[] routes;

    public ApiCalls(IEnumerable<ICumulocityRoutes> parts) =>
        routes = [.. parts.SelectMany(part => part.All()).OrderByDescending(route => route.FixedSegments)];

    public async Task<JsonNode?> CallAsync(Caller caller, ApiCall call, CancellationToken cancellation)
    {
        var (path, query) = call.Path.IndexOf('?') is >= 0 and var mark ? (call.Path[..mark], call.Path[mark..]) : (call.Path, "");
        using var answered = new MemoryStream();
        var context = ContextOf(call, path, query, answered, cancellation);
        var (route, names) = Find(call.Method, path);
        try
        {
            if (!CumulocityCallers.Allows(route.Permission, caller))
            {
                throw CumulocityErrors.Forbidden;
            }

            var answer = await route.HandleAsync(new CumulocityRequest(context, caller, names, route.Permission));
            await answer.SendAsync(context);
            await context.Response.BodyWriter.FlushAsync(cancellation);
        }
        catch (Exception failure)
            when (CumulocityErrors.Find(context, failure) is { Status: not StatusCodes.Status503ServiceUnavailable } refused)
        {
            // What is thrown is the API's own word for it, and the first is of no use to the device.
            throw new CumulocityException(refused.Status, refused.Error, refused.Message);
        }

        return answered.Length == 0 || !IsJson(context.Response)
            ? null
            : JsonNode.Parse(answered.GetBuffer().AsSpan(0, (int)answered.Length));
    }

    private (CumulocityRoute Route, IReadOnlyDictionary<string, string> Names) Find(string method, string path)
    {
        var segments = Array.ConvertAll(path.Trim('/').Split('/'), Uri.UnescapeDataString);
        foreach (var route in routes)
        {
            if (route.Method == method && route.Match(segments) is { } names)
            {
                return (route, names);
            }
        }

        var area = segments[0];
        throw CumulocityErrors.NotFound(area, $"There is no resource {method} {path}.");
    }

    private static DefaultHttpContext ContextOf(ApiCall call, string path, string query, Stream answered, CancellationToken cancellation)
    {
        var context = new DefaultHttpContext { RequestAborted = cancellation };
        var request = context.Request;
        (request.Method, request.Scheme, request.Host) = (call.Method, "http", new HostString(Host));
        (request.Path, request.QueryString) = (PathString.FromUriComponent(path), new QueryString(query));
        request.Headers.Accept = "application/json";
        if (call.Mode != ProcessingMode.Persistent)
        {
            request.Headers["X-Cumulocity-Processing-Mode"] = call.Mode.ToString().ToUpperInvariant();
        }

        if (call.Body is not null)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(call.Body, JsonTypes.Default.JsonNode);
            request.ContentType = call.Type == MediaTypes.Json ? "application/json" : MediaTypes.Vendor(call.Type);
            request.ContentLength = bytes.Length;
            request.Body = new MemoryStream(bytes, writable: false);
        }

        context.Response.Body = answered;
        return context;
    }

    private static bool IsJson(HttpResponse response) => MediaTypes.IsJson(MediaTypes.Normalise(response.ContentType));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class JsonTypes : System.Text.Json.Serialization.JsonSerializerContext;
