using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Notifications;

/// <summary>
/// Sends topics to their consumers: at least once, up to <see cref="MostInFlight"/> notifications that are not acknowledged. It reads the change log behind what it has sent, whenever something was committed,
/// acknowledged or connected, on whatever instance that was.
/// </summary>
/// <remarks>
/// The backlog of a consumer is the change log itself with a cursor in it, and the log is kept for <see cref="ChangeLog.Kept"/>: what a consumer has not taken by then is gone for it, and nothing that devices
/// send ever fails because a consumer is away. A warning says how much. What is told is decided as it is sent: a subscription that was deleted tells nothing of what was before, either.
/// </remarks>
internal sealed partial class NotificationPump : IAsyncDisposable
{
    public const int MostInFlight = 1000;

    private const int PageSize = 500;

    private readonly ChangeLog log;
    private readonly ConsumerDirectory consumers;
    private readonly SubscriptionDirectory subscriptions;
    private readonly TopicMessages messages;
    private readonly IRealtimeTransport transport;
    private readonly ILogger<NotificationPump> logger;
    private readonly ConcurrentDictionary<string, TenantPump> tenants = new();
    private readonly ConcurrentDictionary<(string Tenant, string Id), ConsumerState> states = new();
    private readonly CancellationTokenSource ending = new();

    public NotificationPump(
        ChangeLog log,
        ConsumerDirectory consumers,
        SubscriptionDirectory subscriptions,
        TopicMessages messages,
        [FromKeyedServices(RealtimeHubs.Notifications)] IRealtimeTransport transport,
        ILogger<NotificationPump> logger
    )
    {
        (this.log, this.consumers, this.subscriptions) = (log, consumers, subscriptions);
        (this.messages, this.transport, this.logger) = (messages, transport, logger);
        log.Committed += Take;
    }

    /// <summary>Has a consumer get what there is for it, now and without waiting for it.</summary>
    public void Wake(string tenant, string consumer) => Of(tenant).Wake([], consumer);

    /// <summary>A client has a notification.</summary>
    public async Task AcknowledgeAsync(string tenant, string id, long key, CancellationToken cancellation)
    {
        var state = states.GetOrAdd((tenant, id), _ => new ConsumerState());
        state.Acknowledged.Enqueue(key);
        await state.Gate.WaitAsync(cancellation);
        try
        {
            await FlushAsync(tenant, id, state, cancellation);
        }
        finally
        {
            state.Gate.Release();
        }

        if (state.IsFull)
        {
            Wake(tenant, id);
        }
    }

    /// <summary>A socket has ended: what it had not acknowledged is sent again.</summary>
    public async Task DetachAsync(string tenant, string id, string socket, CancellationToken cancellation)
    {
        while (await consumers.FindAsync(tenant, id, cancellation) is { } stored && stored.Value.Sockets.Any(one => one.Id == socket))
        {
            var left = stored.Value.Without(socket);
            if (left is { NonPersistent: true, Sockets.Count: 0 })
            {
                await consumers.RemoveAsync(tenant, id, cancellation);
                break;
            }

            if (await consumers.TrySaveAsync(tenant, id, left, stored.ETag, cancellation))
            {
                break;
            }
        }

        consumers.Forget(tenant);
        Wake(tenant, id);
    }

    public async Task CloseAsync(NotificationConsumer consumer, string reason, CancellationToken cancellation)
    {
        foreach (var socket in consumer.Sockets)
        {
            await transport.CloseAsync(socket.Id, reason, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        log.Committed -= Take;
        await ending.CancelAsync();
        foreach (var tenant in tenants.Values)
        {
            await tenant.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            tenant.Dispose();
        }

        ending.Dispose();
    }

    private void Take(string tenant, IReadOnlyList<LoggedChange> changes) => Of(tenant).Wake(changes, null);

    private TenantPump Of(string tenant) => tenants.GetOrAdd(tenant, name => new TenantPump(pump => RunAsync(name, pump, ending.Token)));

    private async Task RunAsync(string tenant, TenantPump pump, CancellationToken cancellation)
    {
        while (true)
        {
            await pump.WaitAsync(cancellation);
            var deleted = pump.TakeDeleted();
            try
            {
                var woken = pump.TakeConsumers();
                foreach (var id in (await consumers.ListConnectedAsync(tenant, cancellation)).Union(woken))
                {
                    await PumpAsync(tenant, id, pump, cancellation);
                }

                foreach (var source in deleted)
                {
                    foreach (var one in await subscriptions.ListAsync(tenant, source, null, null, cancellation))
                    {
                        await subscriptions.DeleteAsync(tenant, one.Id, cancellation);
                    }
                }
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                Failed(tenant, failure);
            }
        }
    }

    private async Task PumpAsync(string tenant, string id, TenantPump pump, CancellationToken cancellation)
    {
        var state = states.GetOrAdd((tenant, id), _ => new ConsumerState());
        await state.Gate.WaitAsync(cancellation);
        try
        {
            while (await StepAsync(tenant, id, state, pump, cancellation)) { }
        }
        finally
        {
            state.Gate.Release();
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> StepAsync(string tenant, string id, ConsumerState state, TenantPump pump, CancellationToken cancellation)
    {
        if (await consumers.FindAsync(tenant, id, cancellation) is not { Value: { Sockets.Count: > 0 } consumer } stored)
        {
            state.Position = 0;
            return false;
        }

        var batch = new NotificationBatch(consumer);
        await AddAgainAsync(tenant, consumer, batch, cancellation);
        var after = Math.Max(consumer.Sent, state.Position);
        var changes = pump.After(after, PageSize) ?? await log.ReadAsync(tenant, after, PageSize, cancellation);
        if (changes.Count > 0 && changes[0].Sequence > after + 1)
        {
            Missed(changes[0].Sequence - after - 1, consumer.Subscriber, consumer.Subscription, tenant);
        }

        var last = after;
        state.IsFull = false;
        foreach (var change in changes)
        {
            var frames = await messages.OfAsync(tenant, consumer, change, cancellation);
            if (batch.Count + frames.Count > MostInFlight)
            {
                state.IsFull = true;
                break;
            }

            foreach (var (key, render) in frames)
            {
                await batch.AddAsync(key, render);
            }

            last = change.Sequence;
        }

        // Where nothing is for it, how far it has looked is written only now and then.
        if (batch.IsUnchanged && last - consumer.Sent < PageSize)
        {
            state.Position = last;
            return last > after && !state.IsFull;
        }

        if (!await consumers.TrySaveAsync(tenant, id, batch.Apply(consumer, last), stored.ETag, cancellation))
        {
            return true;
        }

        state.Position = last;
        foreach (var (socket, frame) in batch.Frames)
        {
            await transport.SendAsync(socket, frame, cancellation);
        }

        return last > after && !state.IsFull;
    }

    private async Task AddAgainAsync(string tenant, NotificationConsumer consumer, NotificationBatch batch, CancellationToken cancellation)
    {
        foreach (var keys in consumer.Unacknowledged.GetValueOrDefault("", []).GroupBy(TopicMessages.SequenceOf))
        {
            var change = await log.ReadAsync(tenant, keys.Key - 1, 1, cancellation) is [var found] ? found : null;
            var frames = change?.Sequence == keys.Key ? await messages.OfAsync(tenant, consumer, change, cancellation) : [];
            foreach (var key in keys)
            {
                await batch.AddAgainAsync(key, frames.FirstOrDefault(frame => frame.Key == key).Render);
            }
        }
    }

    private async Task FlushAsync(string tenant, string id, ConsumerState state, CancellationToken cancellation)
    {
        // Acknowledgements that came while another was written are written together.
        var keys = new HashSet<long>();
        while (state.Acknowledged.TryDequeue(out var key))
        {
            keys.Add(key);
        }

        while (keys.Count > 0 && await consumers.FindAsync(tenant, id, cancellation) is { } stored)
        {
            var left = stored
                .Value.Unacknowledged.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Where(key => !keys.Contains(key)).ToArray()))
                .Where(pair => pair.Value.Length > 0)
                .ToDictionary();
            if (await consumers.TrySaveAsync(tenant, id, stored.Value with { Unacknowledged = left }, stored.ETag, cancellation))
            {
                return;
            }
        }
    }

    [LoggerMessage(73, LogLevel.Error, "Notifications of tenant {Tenant} could not be sent; they are tried again with the next change")]
    private partial void Failed(string tenant, Exception failure);

    [LoggerMessage(
        74,
        LogLevel.Warning,
        "{Count} changes have left the log before subscriber {Subscriber} of {Subscription} in tenant {Tenant} took what is for it"
    )]
    private partial void Missed(long count, string subscriber, string subscription, string tenant);

    /// <summary>What this process knows of a consumer beside its document.</summary>
    private sealed class ConsumerState
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public ConcurrentQueue<long> Acknowledged { get; } = new();

        /// <summary>The last change that was looked at, where it is ahead of the document.</summary>
        public long Position { get; set; }

        /// <summary>Whether more waits for acknowledgements.</summary>
        public bool IsFull { get; set; }
    }
}
