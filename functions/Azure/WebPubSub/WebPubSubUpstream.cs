using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Documents;
using Serverless.Domain.Realtime;

namespace Serverless.Azure.WebPubSub;

/// <summary>Who may send events, and for what.</summary>
public sealed record UpstreamOptions
{
    /// <summary>The service's host, such as example.webpubsub.azure.com.</summary>
    public required string Host { get; init; }

    /// <summary>The protocol on each hub.</summary>
    public required IReadOnlyDictionary<string, IRealtimeEndpoint> Endpoints { get; init; }

    /// <summary>Whether a token of the header Authorization is the service's own; null where the service sends none.</summary>
    public Func<string, CancellationToken, ValueTask<bool>>? IsService { get; init; }

    /// <summary>The service's access keys, where it has any.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}

/// <summary>
/// Takes the events of Web PubSub's clients, which the service sends as CloudEvents by HTTP: connect, which may be refused, connected, each message, and disconnected.
/// </summary>
/// <remarks>
/// https://learn.microsoft.com/azure/azure-web-pubsub/reference-cloud-events. An event is taken where the service proves that it is its own: by a token of its managed identity, or by a signature with an
/// access key. Without either, nothing is.
/// </remarks>
public sealed partial class WebPubSubUpstream(UpstreamOptions options, ILogger<WebPubSubUpstream> logger)
{
    /// <summary>The path of all events; what follows is the event's name.</summary>
    public const string Path = "/web-pub-sub";

    // Web PubSub's own limit of a message.
    private const int MessageBytes = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            Validate(context);
            return;
        }

        context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method)
            ? await TakeAsync(context)
            : StatusCodes.Status405MethodNotAllowed;
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest && context.Items[nameof(SocketVerdict)] is string reason)
        {
            await context.Response.WriteAsync(reason, context.RequestAborted);
        }
        else if (context.Items[nameof(StatusCodes.Status200OK)] is string body)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>Abuse protection: the service asks whether its events are wanted here (CloudEvents' webhook specification, section 4).</summary>
    private void Validate(HttpContext context)
    {
        if (Origins(context).Contains(options.Host, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = options.Host;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private static IEnumerable<string> Origins(HttpContext context) =>
        context.Request.Headers["WebHook-Request-Origin"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries));

    private async Task<int> TakeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var connection = headers["ce-connectionId"].ToString();
        var type = headers["ce-type"].ToString();
        if (connection.Length == 0 || !options.Endpoints.TryGetValue(headers["ce-hub"].ToString(), out var endpoint))
        {
            return StatusCodes.Status400BadRequest;
        }

        try
        {
            if (!await IsGenuineAsync(context, connection))
            {
                Refused(type);
                return StatusCodes.Status401Unauthorized;
            }

            switch (type)
            {
                case "azure.webpubsub.sys.connect":
                    return await ConnectAsync(context, connection, endpoint);
                case "azure.webpubsub.sys.connected":
                    await endpoint.OnConnectedAsync(connection, context.RequestAborted);
                    return StatusCodes.Status204NoContent;
                case "azure.webpubsub.user.message":
                    if (await ReadAsync(context.Request) is not { } message)
                    {
                        return StatusCodes.Status413PayloadTooLarge;
                    }

                    await endpoint.OnMessageAsync(connection, message, context.RequestAborted);
                    return StatusCodes.Status204NoContent;
                case "azure.webpubsub.sys.disconnected":
                    await endpoint.OnDisconnectedAsync(connection, CancellationToken.None);
                    return StatusCodes.Status204NoContent;
                default:
                    return StatusCodes.Status400BadRequest;
            }
        }
        catch (StoreUnavailableException away)
        {
            Away(type, away);
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async ValueTask<bool> IsGenuineAsync(HttpContext context, string connection)
    {
        if (options.Keys.Count > 0 && UpstreamSignature.IsBy(options.Keys, connection, context.Request.Headers["ce-signature"].ToString()))
        {
            return true;
        }

        const string Bearer = "Bearer ";
        var authorization = context.Request.Headers.Authorization.ToString();
        return options.IsService is { } isService
            && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && await isService(authorization[Bearer.Length..], context.RequestAborted);
    }

    private static async Task<int> ConnectAsync(HttpContext context, string connection, IRealtimeEndpoint endpoint)
    {
        if (await ReadAsync(context.Request) is not { } body || Opening(context.Request, connection, body) is not { } opening)
        {
            return StatusCodes.Status400BadRequest;
        }

        var verdict = await endpoint.OnConnectingAsync(opening, context.RequestAborted);
        if (!verdict.IsOpen)
        {
            context.Items[nameof(SocketVerdict)] = verdict.Reason;
            return verdict.Status;
        }

        // A connection without a user the service drops; what ours are is in their sessions.
        context.Items[nameof(StatusCodes.Status200OK)] = JsonSerializer.Serialize(
            new Dictionary<string, string> { ["userId"] = connection }
        );
        return StatusCodes.Status200OK;
    }

    /// <summary>The event connect: {"query":{name:[…]},"headers":{name:[…]}, …} of the client's own request.</summary>
    private static SocketOpening? Opening(HttpRequest request, string connection, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var query = Values(document.RootElement, "query", StringComparer.Ordinal);
            var headers = Values(document.RootElement, "headers", StringComparer.OrdinalIgnoreCase);
            var host =
                headers.TryGetValue("X-Forwarded-Host", out var asked)
                && Uri.CheckHostName(new HostString(asked).Host) != UriHostNameType.Unknown
                    ? asked
                    : request.Host.Value;
            var credentials = new Dictionary<string, string>();
            foreach (var name in new[] { "authorization", "cookie" })
            {
                if (headers.TryGetValue(name, out var value))
                {
                    credentials[name] = value;
                }
            }

            return new SocketOpening(connection, $"https://{host}", query, credentials);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Values(JsonElement root, string member, StringComparer comparer)
    {
        var values = new Dictionary<string, string>(comparer);
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(member, out var all) && all.ValueKind == JsonValueKind.Object)
        {
            foreach (var one in all.EnumerateObject())
            {
                var first = one.Value.ValueKind == JsonValueKind.Array && one.Value.GetArrayLength() > 0 ? one.Value[0] : one.Value;
                if (first.ValueKind == JsonValueKind.String)
                {
                    values.TryAdd(one.Name, first.GetString()!);
                }
            }
        }

        return values;
    }

    /// <returns>The body, or null where it is larger than a message can be.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is var read and > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MessageBytes)
            {
                return null;
            }
        }

        return body.ToArray();
    }

    [LoggerMessage(90, LogLevel.Warning, "An event {Type} that does not prove to be Web PubSub's was refused")]
    private partial void Refused(string type);

    [LoggerMessage(91, LogLevel.Warning, "An event {Type} of Web PubSub cannot be taken now")]
    private partial void Away(string type, Exception failure);
}
