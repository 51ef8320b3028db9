using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.Tests.Management;

/// <summary>Devices that answer as they are told.</summary>
internal sealed class FakeGateway : IDeviceGateway
{
    public bool SendsMessages => true;

    public ConcurrentDictionary<string, HubIdentity> Identities { get; } = new();

    public ConcurrentDictionary<string, ConnectionState> Connections { get; } = new();

    public ConcurrentDictionary<string, Func<MethodCall, MethodResult>> Methods { get; } = new();

    public ConcurrentQueue<(string HubId, CloudToDeviceMessage Message)> Sent { get; } = new();

    public ConcurrentQueue<(string HubId, JsonObject Patch, long Version)> Pushed { get; } = new();

    public Task RegisterAsync(HubIdentity identity, CancellationToken cancellation)
    {
        Identities[identity.HubId] = identity;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string hubId, CancellationToken cancellation)
    {
        Identities.TryRemove(hubId, out _);
        return Task.CompletedTask;
    }

    public Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation) =>
        Task.FromResult(Connections.GetValueOrDefault(hubId) ?? new ConnectionState(false, null));

    public Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation) =>
        Methods.TryGetValue(hubId, out var method)
            ? Task.FromResult(method(call))
            : Task.FromException<MethodResult>(new DeviceOfflineException(hubId));

    public Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation)
    {
        Pushed.Enqueue((hubId, patch.DeepClone().AsObject(), version));
        return Task.FromResult<HubDesired?>(null);
    }

    public Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        Sent.Enqueue((hubId, message));
        return Task.CompletedTask;
    }
}

internal sealed class FakeEraser : ISeriesEraser
{
    public Task EraseAsync(string tenant, string database, TagSet tags, CancellationToken cancellation) => Task.CompletedTask;

    public Task ApplyRetentionAsync(string tenant, string database, long cutoffNs, CancellationToken cancellation) => Task.CompletedTask;
}

/// <summary>An endpoint of webhooks that consents and takes everything, unless a test says otherwise.</summary>
internal sealed class FakeEndpoint : HttpMessageHandler
{
    private readonly ConcurrentQueue<string> requests = new();

    public IReadOnlyList<string> Requests => [.. requests];

    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = Consent;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        requests.Enqueue($"{request.Method} {request.RequestUri}");
        return Task.FromResult(Answer(request));
    }

    private static HttpResponseMessage Consent(HttpRequestMessage request)
    {
        var response = new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        response.Headers.TryAddWithoutValidation("WebHook-Allowed-Origin", "*");
        return response;
    }
}

/// <summary>A queue that keeps what it is given.</summary>
internal sealed class FakeDeliveryQueue : IDeliveryQueue
{
    private readonly ConcurrentQueue<DeliveryRef> queued = new();

    public IReadOnlyList<DeliveryRef> Queued => [.. queued];

    public Task EnqueueAsync(DeliveryRef delivery, DateTimeOffset due, CancellationToken cancellation)
    {
        queued.Enqueue(delivery);
        return Task.CompletedTask;
    }
}
