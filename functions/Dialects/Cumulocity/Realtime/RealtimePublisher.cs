using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.Http;
using Serverless.Domain.Changes;
using Serverless.Domain.Realtime;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// Tells the groups of sockets what this process has committed, as soon as it is in the log: each instance its own commits, so that no change takes the way through the store. Each thing is rendered once for
/// all who get it. What comes while a message is on its way goes with the next one, together.
/// </summary>
/// <remarks>A process that is killed between commit and message takes the message with it: a socket tells as it happens, and whoever must miss nothing polls or uses Notification 2.0.</remarks>
internal sealed partial class RealtimePublisher : IAsyncDisposable
{
    private const int MostWaiting = 50_000;
    private const int MostTogether = 256;

    // Web PubSub takes messages of 1 MiB.
    private const int MessageBytes = 512 * 1024;

    private readonly ChangeLog log;
    private readonly ChangeFeeds feeds;
    private readonly RealtimeGroups groups;
    private readonly ChangeRepresentations representations;
    private readonly IRealtimeTransport transport;
    private readonly ILogger<RealtimePublisher> logger;
    private readonly ConcurrentDictionary<string, Lazy<(Channel<LoggedChange> Queue, Task Work)>> tenants = new();
    private readonly CancellationTokenSource ending = new();

    public RealtimePublisher(
        ChangeLog log,
        ChangeFeeds feeds,
        RealtimeGroups groups,
        ChangeRepresentations representations,
        IRealtimeTransport transport,
        ILogger<RealtimePublisher> logger
    )
    {
        (this.log, this.feeds, this.groups) = (log, feeds, groups);
        (this.representations, this.transport, this.logger) = (representations, transport, logger);
        log.Committed += Take;
    }

    public async ValueTask DisposeAsync()
    {
        log.Committed -= Take;
        await ending.CancelAsync();
        foreach (var tenant in tenants.Values)
        {
            await tenant.Value.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ending.Dispose();
    }

    private void Take(string tenant, IReadOnlyList<LoggedChange> changes)
    {
        var queue = tenants.GetOrAdd(tenant, name => new(() => Start(name))).Value.Queue;
        foreach (var change in changes)
        {
            if (RealtimeChannels.KindOf(change) is not null && !queue.Writer.TryWrite(change))
            {
                Dropped(change.Sequence, tenant);
            }
        }
    }

    private (Channel<LoggedChange> Queue, Task Work) Start(string tenant)
    {
        var queue = Channel.CreateBounded<LoggedChange>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        return (queue, Task.Run(() => PublishAsync(tenant, queue.Reader, ending.Token)));
    }

    private async Task PublishAsync(string tenant, ChannelReader<LoggedChange> queue, CancellationToken cancellation)
    {
        var batch = new List<LoggedChange>(MostTogether);
        while (await queue.WaitToReadAsync(cancellation))
        {
            batch.Clear();
            while (batch.Count < MostTogether && queue.TryRead(out var change))
            {
                batch.Add(change);
            }

            try
            {
                var listened = await groups.FindAsync(tenant, cancellation);
                if (!listened.IsEmpty)
                {
                    await PublishAsync(tenant, batch, listened, cancellation);
                }
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                Failed(batch.Count, tenant, failure);
            }
        }
    }

    private async Task PublishAsync(string tenant, List<LoggedChange> batch, ListenedChannels listened, CancellationToken cancellation)
    {
        var messages = new Dictionary<string, GroupMessage>();
        foreach (var change in batch)
        {
            var ancestors = listened.NeedsAncestors ? await feeds.FindAncestorsAsync(tenant, change, cancellation) : Ancestors.None;
            var rendered = new Dictionary<Audience, byte[]?>();
            foreach (var delivery in RealtimeChannels.Of(change, ancestors))
            {
                foreach (var channel in delivery.Wildcard is null ? [delivery.Channel] : new[] { delivery.Channel, delivery.Wildcard })
                {
                    foreach (var audience in listened.AudiencesByChannel[channel])
                    {
                        if (!rendered.TryGetValue(audience, out var thing))
                        {
                            var shown = await representations.ShowAsync(tenant, change, audience, cancellation);
                            rendered[audience] = thing = shown is null ? null : Notification.Render(shown);
                        }

                        if (thing is not null)
                        {
                            await AddAsync(
                                messages,
                                RealtimeGroups.NameOf(tenant, audience, channel),
                                delivery,
                                change,
                                thing,
                                cancellation
                            );
                        }
                    }
                }
            }
        }

        foreach (var (group, message) in messages)
        {
            await transport.SendToGroupAsync(group, message.Finish(), cancellation);
            message.Dispose();
        }
    }

    private async Task AddAsync(
        Dictionary<string, GroupMessage> messages,
        string group,
        Delivery delivery,
        LoggedChange change,
        byte[] thing,
        CancellationToken cancellation
    )
    {
        if (messages.TryGetValue(group, out var message) && message.Length + thing.Length > MessageBytes)
        {
            await transport.SendToGroupAsync(group, message.Finish(), cancellation);
            message.Dispose();
            messages.Remove(group);
            message = null;
        }

        if (message is null)
        {
            messages[group] = message = new GroupMessage();
        }

        message.Add(delivery, change, thing);
    }

    [LoggerMessage(71, LogLevel.Error, "Change {Sequence} of tenant {Tenant} was not told to sockets: too many wait")]
    private partial void Dropped(long sequence, string tenant);

    [LoggerMessage(72, LogLevel.Error, "{Count} changes of tenant {Tenant} could not be told to sockets")]
    private partial void Failed(int count, string tenant, Exception failure);

    /// <summary>An array of notifications in the making.</summary>
    private sealed class GroupMessage : IDisposable
    {
        private readonly ArrayBufferWriter<byte> buffer = new(1024);
        private readonly Utf8JsonWriter writer;

        public GroupMessage()
        {
            writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions);
            writer.WriteStartArray();
        }

        public long Length => writer.BytesCommitted + writer.BytesPending;

        public void Add(Delivery delivery, LoggedChange change, byte[] thing) => Notification.Write(writer, delivery, change, thing);

        public ReadOnlyMemory<byte> Finish()
        {
            writer.WriteEndArray();
            writer.Flush();
            return buffer.WrittenMemory;
        }

        public void Dispose() => writer.Dispose();
    }
}
