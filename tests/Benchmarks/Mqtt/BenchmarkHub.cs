using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Benchmarks.Mqtt;

/// <summary>A hub that knows every device and does everything at once, so that the endpoint alone is measured.</summary>
internal sealed class BenchmarkHub : IHubBackend, ITelemetryIngest
{
    public long Commits { get; private set; }

    public Task IngestAsync(IReadOnlyList<DeviceMessage> messages, CancellationToken cancellation)
    {
        Commits++;
        return Task.CompletedTask;
    }

    public ValueTask<HubIdentity?> FindAsync(string hubId, CancellationToken cancellation) =>
        ValueTask.FromResult<HubIdentity?>(new HubIdentity(hubId, BenchmarkDevice.Key, SecondaryKey: null, []));

    public ValueTask<string?> FindTenantAsync(string hubId, CancellationToken cancellation) => ValueTask.FromResult<string?>("t1");

    public Task<IReadOnlyList<KeptSubscription>?> GetTopicSessionAsync(string key, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<KeptSubscription>?>(null);

    public Task SaveTopicSessionAsync(
        string key,
        IReadOnlyList<KeptSubscription>? subscriptions,
        DateTimeOffset expires,
        CancellationToken cancellation
    ) => Task.CompletedTask;

    public Task SaveAsync(HubIdentity identity, CancellationToken cancellation) => Task.CompletedTask;

    public Task DeleteAsync(string hubId, CancellationToken cancellation) => Task.CompletedTask;

    public Task RecordConnectionAsync(string hubId, bool connected, DateTimeOffset at, CancellationToken cancellation) =>
        Task.CompletedTask;

    public ValueTask<DateTimeOffset?> GetConnectionChangeAsync(string hubId, CancellationToken cancellation) =>
        ValueTask.FromResult<DateTimeOffset?>(null);

    public ValueTask<HubSubscriptions?> GetSessionAsync(string hubId, CancellationToken cancellation) =>
        ValueTask.FromResult<HubSubscriptions?>(null);

    public Task SaveSessionAsync(string hubId, HubSubscriptions? subscriptions, CancellationToken cancellation) => Task.CompletedTask;

    public Task<HubTwin?> GetTwinAsync(string hubId, CancellationToken cancellation) =>
        Task.FromResult<HubTwin?>(new HubTwin([], 1, [], 1));

    public Task<long> PatchReportedAsync(string hubId, JsonObject patch, CancellationToken cancellation) => Task.FromResult(2L);

    public Task EnqueueAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<QueuedMessage>> PeekAsync(
        string hubId,
        long after,
        int count,
        DateTimeOffset now,
        CancellationToken cancellation
    ) => Task.FromResult<IReadOnlyList<QueuedMessage>>([]);

    public Task CompleteAsync(string hubId, long sequence, CancellationToken cancellation) => Task.CompletedTask;
}
