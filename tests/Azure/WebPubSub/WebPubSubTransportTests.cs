using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Azure.WebPubSub;
using Serverless.Contracts.Realtime;
using Serverless.Domain.Documents;
using Serverless.Domain.Realtime;

namespace Serverless.Azure.Tests.WebPubSub;

public sealed class WebPubSubTransportTests : RealtimeTransportContract, IDisposable
{
    private const string Hub = "realtime";

    private readonly FakeWebPubSub service = new(Hub);
    private readonly EndpointOf endpoint;
    private readonly WebPubSubTransport transport;

    public WebPubSubTransportTests()
    {
        var options = new WebPubSubClientOptions { Transport = new HttpClientTransport(service) };
        (options.Retry.Delay, options.Retry.MaxDelay, options.Retry.MaxRetries) = (TimeSpan.Zero, TimeSpan.Zero, 2);
        transport = new WebPubSubTransport(
            new WebPubSubClient(new Uri($"https://{FakeWebPubSub.Host}"), new FixedCredential(), options),
            Hub
        );
        endpoint = new EndpointOf(Handler);
        service.Upstream = Upstream();
    }

    protected override IRealtimeTransport Transport => transport;

    protected override async Task<IRealtimeClient> ConnectAsync() => await service.ConnectAsync();

    public void Dispose() => service.Dispose();

    private WebPubSubUpstream Upstream(bool withKeys = true, Func<string, bool>? isService = null) =>
        new(
            new UpstreamOptions
            {
                Host = FakeWebPubSub.Host,
                Endpoints = new Dictionary<string, IRealtimeEndpoint> { [Hub] = endpoint },
                Keys = withKeys ? [FakeWebPubSub.Key] : [],
                IsService = isService is null ? null : (token, _) => ValueTask.FromResult(isService(token)),
            },
            NullLogger<WebPubSubUpstream>.Instance
        );

    [Fact]
    public async Task The_requests_are_those_of_the_reference()
    {
        await using var client = await ConnectedAsync();
        await transport.AddToGroupAsync(client.ConnectionId, "g", Cancellation);
        await transport.SendToGroupAsync("g", Bytes("x"), Cancellation);
        await transport.SendAsync(client.ConnectionId, Bytes("x"), Cancellation);
        await transport.RemoveFromGroupAsync(client.ConnectionId, "g", Cancellation);
        await transport.ExistsAsync(client.ConnectionId, Cancellation);
        await transport.CloseAsync(client.ConnectionId, "too slow", Cancellation);

        Assert.Equal(
            [
                "PUT /api/hubs/realtime/groups/g/connections/connection1?api-version=2024-01-01",
                "POST /api/hubs/realtime/groups/g/:send?api-version=2024-01-01",
                "POST /api/hubs/realtime/connections/connection1/:send?api-version=2024-01-01",
                "DELETE /api/hubs/realtime/groups/g/connections/connection1?api-version=2024-01-01",
                "HEAD /api/hubs/realtime/connections/connection1?api-version=2024-01-01",
                "DELETE /api/hubs/realtime/connections/connection1?api-version=2024-01-01&reason=too%20slow",
            ],
            service.Requests
        );
    }

    [Fact]
    public async Task What_is_throttled_is_tried_again_and_a_service_that_is_away_is_said_to_be()
    {
        await using var client = await ConnectedAsync();
        service.Failures.Enqueue(HttpStatusCode.TooManyRequests);
        Assert.True(await transport.SendAsync(client.ConnectionId, Bytes("x"), Cancellation));
        Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, 3).ToList().ForEach(service.Failures.Enqueue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => transport.SendAsync(client.ConnectionId, Bytes("x"), Cancellation));
        service.Failures.Enqueue(HttpStatusCode.Forbidden);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => transport.ExistsAsync(client.ConnectionId, Cancellation));
    }

    [Fact]
    public async Task The_client_s_request_is_what_the_endpoint_decides_on()
    {
        await service.ConnectAsync(
            new
            {
                query = new { token = new[] { "t1", "t2" } },
                headers = new Dictionary<string, string[]>
                {
                    ["Cookie"] = ["authorization=x"],
                    ["X-Forwarded-Host"] = ["iot.example.com"],
                    ["User-Agent"] = ["x"],
                },
            }
        );

        var opening = endpoint.Openings.Single();
        Assert.Equal(
            ("https://iot.example.com", "t1", "authorization=x"),
            (opening.BaseUrl, opening.Query["token"], opening.Headers["cookie"])
        );
        Assert.DoesNotContain("user-agent", opening.Headers.Keys);
        endpoint.Verdict = new SocketVerdict(401, "The token is over.");
        Assert.Equal(
            (401, "The token is over."),
            await TellAsync("sys.connect", """{"query":{},"headers":{"x-forwarded-host":["no host/../"]}}""")
        );
        Assert.Equal("https://cloud.example.com", endpoint.Openings[^1].BaseUrl);
    }

    [Fact]
    public async Task Only_the_service_s_own_events_are_taken()
    {
        Assert.Equal(401, (await TellAsync("user.message", "x", headers => headers.Remove("ce-signature"))).Status);
        Assert.Equal(
            401,
            (await TellAsync("user.message", "x", headers => headers["ce-signature"] = UpstreamSignature.Of("wrong", "c"))).Status
        );
        Assert.Equal(
            401,
            (await TellAsync("user.message", "x", headers => headers["ce-signature"] = UpstreamSignature.Of(FakeWebPubSub.Key, "d"))).Status
        );
        Assert.Equal(
            204,
            (
                await TellAsync(
                    "user.message",
                    "x",
                    headers => headers["ce-signature"] = UpstreamSignature.Of(FakeWebPubSub.Key, "c").ToUpperInvariant()
                )
            ).Status
        );

        service.Upstream = Upstream(withKeys: false);
        Assert.Equal(401, (await TellAsync("user.message", "x")).Status);
        service.Upstream = Upstream(withKeys: false, token => token == "good");
        Assert.Equal(401, (await TellAsync("user.message", "x", headers => headers.Authorization = "Bearer bad")).Status);
        Assert.Equal(204, (await TellAsync("user.message", "x", headers => headers.Authorization = "Bearer good")).Status);
    }

    [Theory]
    [InlineData("sys.connect", "[", 400)]
    [InlineData("sys.connect", "7", 200)]
    [InlineData("sys.connect", """{"query":7,"headers":{"a":7,"b":[],"c":[7]}}""", 200)]
    [InlineData("sys.other", "{}", 400)]
    [InlineData("user.other", "{}", 400)]
    public async Task What_is_malformed_is_answered(string type, string body, int status) =>
        Assert.Equal(status, (await TellAsync(type, body)).Status);

    [Fact]
    public async Task Another_hub_another_method_and_a_large_message_are_refused_and_a_store_that_is_away_is_said_to_be()
    {
        Assert.Equal(400, (await TellAsync("user.message", "x", headers => headers["ce-hub"] = "other")).Status);
        Assert.Equal(413, (await TellAsync("user.message", new string('x', 1024 * 1024 + 1))).Status);
        Handler.OnMessage = (_, _) => throw new StoreUnavailableException("away");
        Assert.Equal(503, (await TellAsync("user.message", "x")).Status);
        var context = new DefaultHttpContext { Request = { Method = "GET" } };
        await service.Upstream.HandleAsync(context);
        Assert.Equal(405, context.Response.StatusCode);
    }

    [Theory]
    [InlineData(FakeWebPubSub.Host, 200, FakeWebPubSub.Host)]
    [InlineData("other.example.com, EXAMPLE.webpubsub.azure.com", 200, FakeWebPubSub.Host)]
    [InlineData("other.example.com", 403, "")]
    [InlineData("", 403, "")]
    public async Task The_service_is_told_whether_its_events_are_wanted(string origin, int status, string allowed)
    {
        var context = new DefaultHttpContext { Request = { Method = "OPTIONS" } };
        context.Request.Headers["WebHook-Request-Origin"] = origin;
        await service.Upstream.HandleAsync(context);

        Assert.Equal((status, allowed), (context.Response.StatusCode, context.Response.Headers["WebHook-Allowed-Origin"].ToString()));
    }

    private Task<(int Status, string Body)> TellAsync(string type, string body, Action<IHeaderDictionary>? change = null) =>
        service.TellAsync("c", type, type.Split('.')[1], body, "text/plain", change);

    /// <summary>The recording handler, behind a door that a test closes.</summary>
    private sealed class EndpointOf(RecordingRealtimeHandler handler) : IRealtimeEndpoint
    {
        public List<SocketOpening> Openings { get; } = [];

        public SocketVerdict Verdict { get; set; } = SocketVerdict.Open;

        public Task<SocketVerdict> OnConnectingAsync(SocketOpening opening, CancellationToken cancellation)
        {
            Openings.Add(opening);
            return Task.FromResult(Verdict);
        }

        public Task OnConnectedAsync(string connectionId, CancellationToken cancellation) =>
            handler.OnConnectedAsync(connectionId, cancellation);

        public Task OnMessageAsync(string connectionId, ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
            handler.OnMessageAsync(connectionId, message, cancellation);

        public Task OnDisconnectedAsync(string connectionId, CancellationToken cancellation) =>
            handler.OnDisconnectedAsync(connectionId, cancellation);
    }

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://webpubsub.azure.com/.default"], requestContext.Scopes);
            return new AccessToken("the-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
