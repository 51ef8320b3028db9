using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Serverless.Azure.WebPubSub;
using Serverless.Contracts.Realtime;

namespace Serverless.Azure.Tests.WebPubSub;

/// <summary>
/// A stand-in of the service: its data plane as the reference of the REST API has it, and its events as that of CloudEvents has them. Connections are in memory; clients are given by <see cref="ConnectAsync"/>.
/// </summary>
internal sealed partial class FakeWebPubSub(string hub) : HttpMessageHandler
{
    public const string Host = "example.webpubsub.azure.com";
    public const string Key = "an access key";

    private readonly Dictionary<string, FakeClient> connections = [];
    private readonly Dictionary<string, HashSet<string>> groups = [];
    private int connected;

    /// <summary>Where its events go.</summary>
    public WebPubSubUpstream Upstream { get; set; } = null!;

    /// <summary>What was asked, as method, path and query.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>What the next requests are answered with instead.</summary>
    public Queue<HttpStatusCode> Failures { get; } = new();

    /// <summary>A client connects; the upstream is asked.</summary>
    public async Task<FakeClient> ConnectAsync(object? body = null)
    {
        var client = new FakeClient(this, $"connection{++connected}");
        body ??= new
        {
            claims = new { },
            query = new { },
            headers = new { },
            subprotocols = Array.Empty<string>(),
        };
        var (status, answer) = await TellAsync(
            client.ConnectionId,
            "sys.connect",
            "connect",
            JsonSerializer.Serialize(body),
            "application/json; charset=utf-8"
        );
        Assert.True(status == 200, $"{status} {answer}");
        Assert.NotEmpty(JsonDocument.Parse(answer).RootElement.GetProperty("userId").GetString()!);
        connections[client.ConnectionId] = client;
        await TellAsync(client.ConnectionId, "sys.connected", "connected", "{}", "application/json; charset=utf-8");
        return client;
    }

    /// <summary>Sends an event, and gives what is answered.</summary>
    public async Task<(int Status, string Body)> TellAsync(
        string connection,
        string type,
        string name,
        string body,
        string contentType,
        Action<IHeaderDictionary>? change = null
    )
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = "POST";
        request.Path = $"{WebPubSubUpstream.Path}/{name}";
        request.Host = new HostString("cloud.example.com");
        request.ContentType = contentType;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        var headers = request.Headers;
        headers["WebHook-Request-Origin"] = Host;
        headers["ce-specversion"] = "1.0";
        headers["ce-type"] = $"azure.webpubsub.{type}";
        headers["ce-source"] = $"/hubs/{hub}/client/{connection}";
        headers["ce-id"] = "1";
        headers["ce-time"] = "2021-01-01T00:00:00Z";
        headers["ce-signature"] = $"{UpstreamSignature.Of(Key, connection)},{UpstreamSignature.Of("another key", connection)}";
        headers["ce-connectionId"] = connection;
        headers["ce-hub"] = hub;
        headers["ce-eventName"] = name;
        change?.Invoke(headers);
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await Upstream.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    internal async Task EndAsync(FakeClient client, string? reason)
    {
        if (connections.Remove(client.ConnectionId))
        {
            foreach (var members in groups.Values)
            {
                members.Remove(client.ConnectionId);
            }

            client.End(reason);
        }

        if (!client.Disconnected)
        {
            client.Disconnected = true;
            await TellAsync(
                client.ConnectionId,
                "sys.disconnected",
                "disconnected",
                """{"reason":""}""",
                "application/json; charset=utf-8"
            );
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        if (Failures.TryDequeue(out var failure))
        {
            return new HttpResponseMessage(failure);
        }

        Assert.Equal("Bearer the-token", request.Headers.Authorization?.ToString());
        Assert.Contains("api-version=2024-01-01", request.RequestUri.Query, StringComparison.Ordinal);
        var path = DataPath().Match(request.RequestUri.AbsolutePath);
        Assert.True(path.Success, request.RequestUri.AbsolutePath);
        Assert.Equal(hub, path.Groups["hub"].Value);
        var text = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        if (path.Groups["send"].Success)
        {
            Assert.Equal("text/plain", request.Content?.Headers.ContentType?.MediaType);
        }

        return new HttpResponseMessage(Answer(request, path, text));
    }

    private HttpStatusCode Answer(HttpRequestMessage request, Match path, string text)
    {
        var connection = Uri.UnescapeDataString(path.Groups["connection"].Value);
        var group = path.Groups["group"].Success ? path.Groups["group"].Value : null;
        var client = connections.GetValueOrDefault(connection);
        switch (request.Method.Method)
        {
            case "POST" when group is not null:
                foreach (var member in groups.GetValueOrDefault(group, []))
                {
                    connections[member].Deliver(text);
                }

                return HttpStatusCode.Accepted;
            case "POST":
                client?.Deliver(text);
                return client is null ? HttpStatusCode.NotFound : HttpStatusCode.Accepted;
            case "PUT":
                if (client is null)
                {
                    return HttpStatusCode.NotFound;
                }

                groups.TryAdd(group!, []);
                groups[group!].Add(connection);
                return HttpStatusCode.OK;
            case "DELETE" when group is not null:
                groups.GetValueOrDefault(group)?.Remove(connection);
                return HttpStatusCode.NoContent;
            case "DELETE":
                if (client is not null)
                {
                    var reason = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query)["reason"];
                    connections.Remove(connection);
                    foreach (var members in groups.Values)
                    {
                        members.Remove(connection);
                    }

                    client.End(reason);
                }

                return HttpStatusCode.NoContent;
            case "HEAD":
                return client is null ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            default:
                return HttpStatusCode.MethodNotAllowed;
        }
    }

    [GeneratedRegex(
        "^/api/hubs/(?<hub>[^/]+)(/groups/(?<group>[^/]+))?(/connections/(?<connection>[^/]+))?(?<send>/:send)?$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex DataPath();
}

/// <summary>A client of the stand-in.</summary>
internal sealed class FakeClient(FakeWebPubSub service, string id) : IRealtimeClient
{
    private readonly Channel<string?> received = Channel.CreateUnbounded<string?>();

    public string ConnectionId => id;

    public string? CloseReason { get; private set; }

    public bool Disconnected { get; set; }

    public async Task SendAsync(string text)
    {
        var (status, answer) = await service.TellAsync(id, "user.message", "message", text, "text/plain");
        Assert.True(status == 204, $"{status} {answer}");
    }

    public Task<string?> ReceiveAsync() =>
        received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public Task CloseAsync() => service.EndAsync(this, null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Deliver(string text) => received.Writer.TryWrite(text);

    internal void End(string? reason)
    {
        CloseReason = reason;
        received.Writer.TryWrite(null);
    }
}
