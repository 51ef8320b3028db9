using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Hub;

/// <summary>The local hub's memory: the twins of the domain are its devices; sessions and queues lie beside them in the document store.</summary>
public sealed class HubBackend(
    DeviceDirectory devices,
    DeviceConnections connections,
    Func<CommandEchoes> echoes,
    IDocumentStore store,
    TimeProvider time
) : IHubBackend
{
    internal const string Partition = "$hub";

    private readonly MessageQueues queues = new(store, time);
    private readonly TopicSessions topicSessions = new(store);

    public async ValueTask<HubIdentity?> FindAsync(string hubId, CancellationToken cancellation)
    {
        if (await devices.FindByHubIdAsync(hubId, cancellation) is not var (tenant, device))
        {
            return null;
        }

        var keys = await devices.GetKeysAsync(tenant, device.Value.Id, cancellation);
        return DeviceService.Identity(device.Value, keys);
    }

    public async ValueTask<string?> FindTenantAsync(string hubId, CancellationToken cancellation) =>
        (await devices.FindByHubIdAsync(hubId, cancellation))?.Tenant;

    /// <summary>Nothing to do: the identity comes from the directory, where it was written before the gateway is told of it.</summary>
    public Task SaveAsync(HubIdentity identity, CancellationToken cancellation) => Task.CompletedTask;

    public async Task DeleteAsync(string hubId, CancellationToken cancellation)
    {
        await SaveSessionAsync(hubId, null, cancellation);
        await queues.ClearAsync(hubId, cancellation);
    }

    public Task RecordConnectionAsync(string hubId, bool connected, DateTimeOffset at, CancellationToken cancellation) =>
        connections.RecordAsync(hubId, connected, at, cancellation);

    public async ValueTask<DateTimeOffset?> GetConnectionChangeAsync(string hubId, CancellationToken cancellation) =>
        await devices.FindByHubIdAsync(hubId, cancellation) is var (_, device) ? device.Value.Connection?.Since : null;

    public async ValueTask<HubSubscriptions?> GetSessionAsync(string hubId, CancellationToken cancellation) =>
        (await store.GetAsync(SessionKey(hubId), HubJson.Default.HubSession, cancellation))?.Value.Subscriptions;

    public async Task SaveSessionAsync(string hubId, HubSubscriptions? subscriptions, CancellationToken cancellation)
    {
        var key = SessionKey(hubId);
        if (subscriptions is not { } kept)
        {
            await DeleteAsync(store, key.Kind, key.Id, cancellation);
            return;
        }

        var body = HubJson.Default.HubSession.ToBody(new HubSession(kept));
        await store.CommitAsync(Partition, new DocumentWrite(WriteMode.Upsert, key.Kind, key.Id, body), cancellation);
    }

    public Task<IReadOnlyList<KeptSubscription>?> GetTopicSessionAsync(string key, CancellationToken cancellation) =>
        topicSessions.GetAsync(key, cancellation);

    public Task SaveTopicSessionAsync(
        string key,
        IReadOnlyList<KeptSubscription>? subscriptions,
        DateTimeOffset expires,
        CancellationToken cancellation
    ) => topicSessions.SaveAsync(key, subscriptions, expires, cancellation);

    public async Task<HubTwin?> GetTwinAsync(string hubId, CancellationToken cancellation) =>
        await devices.FindByHubIdAsync(hubId, cancellation) is var (_, device)
            ? new HubTwin(
                device.Value.Desired.Values,
                device.Value.Desired.Version,
                device.Value.Reported.Values,
                device.Value.Reported.Version
            )
            : null;

    public async Task<long> PatchReportedAsync(string hubId, JsonObject patch, CancellationToken cancellation)
    {
        ReportedPatch.Check(patch);
        if (await devices.FindByHubIdAsync(hubId, cancellation) is not var (tenant, device))
        {
            throw new HubRequestException(404, "The device is not known.");
        }

        try
        {
            var stored = await devices.UpdateAsync(
                tenant,
                device.Value.Id,
                twin =>
                {
                    var reported = JsonMerge.Apply(twin.Reported.Values, patch);
                    ReportedPatch.CheckSize(reported);
                    return twin with { Reported = new TwinProperties(reported, twin.Reported.Version + 1) };
                },
                null,
                cancellation
            );
            await echoes().TakeReportedAsync(tenant, stored.Value.Id, patch, cancellation);
            return stored.Value.Reported.Version;
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw new HubRequestException(404, "The device is not known.");
        }
    }

    public Task EnqueueAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation) =>
        queues.EnqueueAsync(hubId, message, cancellation);

    /// <summary>The store leaves out what has expired, by the same clock.</summary>
    public Task<IReadOnlyList<QueuedMessage>> PeekAsync(
        string hubId,
        long after,
        int count,
        DateTimeOffset now,
        CancellationToken cancellation
    ) => queues.PeekAsync(hubId, after, count, cancellation);

    public Task CompleteAsync(string hubId, long sequence, CancellationToken cancellation) =>
        queues.CompleteAsync(hubId, sequence, cancellation);

    internal static async Task DeleteAsync(IDocumentStore store, string kind, string id, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(Partition, new DocumentWrite(WriteMode.Delete, kind, id), cancellation);
        }
        catch (StoreConflictException)
        {
            // It is gone already.
        }
    }

    private static DocumentKey SessionKey(string hubId) => new(Partition, Kinds.HubSession, Uri.EscapeDataString(hubId));
}
