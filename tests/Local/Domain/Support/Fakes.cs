using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Events;

namespace Serverless.Tests.Support;

/// <summary>A gateway that writes down what it is told.</summary>
internal sealed class FakeGateway : IDeviceGateway
{
    private readonly ConcurrentQueue<string> calls = new();

    public IReadOnlyList<string> Calls => [.. calls];

    public HubIdentity? Registered { get; private set; }

    /// <summary>What the hub answers to a registration or a push of desired properties; it may throw.</summary>
    public Func<string, JsonObject?, Task<HubDesired?>> Hub { get; set; } = (_, _) => Task.FromResult<HubDesired?>(null);

    public async Task RegisterAsync(HubIdentity identity, CancellationToken cancellation)
    {
        await Hub(identity.HubId, null);
        Registered = identity;
        await Note($"register {identity.HubId}");
    }

    public Task RemoveAsync(string hubId, CancellationToken cancellation) => Note($"remove {hubId}");

    public Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation) =>
        Task.FromResult(new ConnectionState(false, null));

    public Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation) =>
        throw new DeviceOfflineException(hubId);

    public async Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation)
    {
        await Note($"push {hubId} {patch.ToJsonString()} {version}");
        return await Hub(hubId, patch);
    }

    public Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation) => Note($"send {hubId}");

    private Task Note(string call)
    {
        calls.Enqueue(call);
        return Task.CompletedTask;
    }
}

/// <summary>A publisher that keeps what it is given.</summary>
internal sealed class FakePublisher : IEventPublisher
{
    private readonly ConcurrentQueue<CloudEvent> events = new();

    public IReadOnlyList<CloudEvent> Events => [.. events];

    public IEnumerable<string> Types => events.Select(published => published.Type);

    public Task PublishAsync(IReadOnlyList<CloudEvent> published, CancellationToken cancellation)
    {
        foreach (var one in published)
        {
            events.Enqueue(one);
        }

        return Task.CompletedTask;
    }
}
