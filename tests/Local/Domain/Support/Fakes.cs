using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Tests.Support;

/// <summary>A gateway that writes down what it is told. Its devices are away unless a test says otherwise.</summary>
internal sealed class FakeGateway : IDeviceGateway
{
    private readonly ConcurrentQueue<string> calls = new();

    public IReadOnlyList<string> Calls => [.. calls];

    public bool SendsMessages { get; set; } = true;

    public ConnectionState State { get; set; } = new(false, null);

    /// <summary>What devices answer to methods.</summary>
    public Func<MethodCall, MethodResult>? OnMethod { get; set; }

    /// <summary>The newest message that was sent.</summary>
    public CloudToDeviceMessage? Sent { get; private set; }

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

    public Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation) => Task.FromResult(State);

    public async Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation)
    {
        await Note($"method {hubId} {call.Name}");
        return OnMethod is null ? throw new DeviceOfflineException(hubId) : OnMethod(call);
    }

    public async Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation)
    {
        await Note($"push {hubId} {patch.ToJsonString()} {version}");
        return await Hub(hubId, patch);
    }

    public Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        Sent = message;
        return Note($"send {hubId}");
    }

    private Task Note(string call)
    {
        calls.Enqueue(call);
        return Task.CompletedTask;
    }
}
