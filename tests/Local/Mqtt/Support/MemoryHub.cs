using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Tests.Mqtt.Support;

internal sealed class MemoryHub : IHubBackend
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HubIdentity> identities = [];
    private readonly Dictionary<string, HubSubscriptions> sessions = [];
    private readonly Dictionary<string, DateTimeOffset> changes = [];
    private readonly Dictionary<string, List<QueuedMessage>> queues = [];
    private long sequence;

    public ConcurrentDictionary<string, HubTwin> Twins { get; } = new();

    public ConcurrentQueue<(string HubId, bool Connected)> Connections { get; } = new();

    public ConcurrentDictionary<string, IReadOnlyList<KeptSubscription>> TopicSessions { get; } = new();

    public Func<JsonObject, long>? OnPatch { get; set; }

    /// <summary>What a patch waits for, as long as it is not cancelled.</summary>
    public Task Patching { get; set; } = Task.CompletedTask;

    public int QueueLength(string hubId)
    {
        lock (gate)
        {
            return queues.GetValueOrDefault(hubId)?.Count ?? 0;
        }
    }

    public HubSubscriptions? Session(string hubId)
    {
        lock (gate)
        {
            return sessions.TryGetValue(hubId, out var kept) ? kept : null;
        }
    }

    public ValueTask<HubIdentity?> FindAsync(string hubId, CancellationToken cancellation)
    {
        lock (gate)
        {
            return ValueTask.FromResult(identities.GetValueOrDefault(hubId));
        }
    }

    public ValueTask<string?> FindTenantAsync(string hubId, CancellationToken cancellation)
    {
        lock (gate)
        {
            return ValueTask.FromResult(identities.ContainsKey(hubId) ? "t1" : null);
        }
    }

    public Task<IReadOnlyList<KeptSubscription>?> GetTopicSessionAsync(string key, CancellationToken cancellation) =>
        Task.FromResult(TopicSessions.GetValueOrDefault(key));

    public Task SaveTopicSessionAsync(
        string key,
        IReadOnlyList<KeptSubscription>? subscriptions,
        DateTimeOffset expires,
        CancellationToken cancellation
    )
    {
        TopicSessions.TryRemove(key, out _);
        if (subscriptions is not null)
        {
            TopicSessions[key] = subscriptions;
        }

        return Task.CompletedTask;
    }

    public Task SaveAsync(HubIdentity identity, CancellationToken cancellation)
    {
        lock (gate)
        {
            identities[identity.HubId] = identity;
            Twins.TryAdd(identity.HubId, new HubTwin([], 1, [], 1));
            return Task.CompletedTask;
        }
    }

    public Task DeleteAsync(string hubId, CancellationToken cancellation)
    {
        lock (gate)
        {
            identities.Remove(hubId);
            sessions.Remove(hubId);
            queues.Remove(hubId);
            Twins.TryRemove(hubId, out _);
            return Task.CompletedTask;
        }
    }

    public Task RecordConnectionAsync(string hubId, bool connected, DateTimeOffset at, CancellationToken cancellation)
    {
        lock (gate)
        {
            changes[hubId] = at;
            Connections.Enqueue((hubId, connected));
            return Task.CompletedTask;
        }
    }

    public ValueTask<DateTimeOffset?> GetConnectionChangeAsync(string hubId, CancellationToken cancellation)
    {
        lock (gate)
        {
            return ValueTask.FromResult<DateTimeOffset?>(changes.TryGetValue(hubId, out var at) ? at : null);
        }
    }

    public ValueTask<HubSubscriptions?> GetSessionAsync(string hubId, CancellationToken cancellation) =>
        ValueTask.FromResult(Session(hubId));

    public Task SaveSessionAsync(string hubId, HubSubscriptions? subscriptions, CancellationToken cancellation)
    {
        lock (gate)
        {
            sessions.Remove(hubId);
            if (subscriptions is { } kept)
            {
                sessions[hubId] = kept;
            }

            return Task.CompletedTask;
        }
    }

    public Task<HubTwin?> GetTwinAsync(string hubId, CancellationToken cancellation) => Task.FromResult(Twins.GetValueOrDefault(hubId));

    public async Task<long> PatchReportedAsync(string hubId, JsonObject patch, CancellationToken cancellation)
    {
        await Patching.WaitAsync(cancellation);
        if (OnPatch is not null)
        {
            return OnPatch(patch);
        }

        lock (gate)
        {
            var twin = Twins[hubId];
            var reported = (JsonObject)twin.Reported.DeepClone();
            foreach (var (name, value) in patch)
            {
                reported.Remove(name);
                if (value is not null)
                {
                    reported[name] = value.DeepClone();
                }
            }

            Twins[hubId] = twin with { Reported = reported, ReportedVersion = twin.ReportedVersion + 1 };
            return twin.ReportedVersion + 1;
        }
    }

    public Task EnqueueAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (!queues.TryGetValue(hubId, out var queue))
            {
                queues[hubId] = queue = [];
            }

            queue.Add(new QueuedMessage(++sequence, message));
            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyList<QueuedMessage>> PeekAsync(
        string hubId,
        long after,
        int count,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        lock (gate)
        {
            queues.GetValueOrDefault(hubId)?.RemoveAll(queued => queued.Message.Expires <= now);
            var queue = queues.GetValueOrDefault(hubId) ?? [];
            return Task.FromResult<IReadOnlyList<QueuedMessage>>([.. queue.Where(queued => queued.Sequence > after).Take(count)]);
        }
    }

    public Task CompleteAsync(string hubId, long sequence, CancellationToken cancellation)
    {
        lock (gate)
        {
            queues.GetValueOrDefault(hubId)?.RemoveAll(queued => queued.Sequence == sequence);
            return Task.CompletedTask;
        }
    }
}
