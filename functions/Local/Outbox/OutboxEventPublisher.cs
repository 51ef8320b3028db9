using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Local.Outbox;

/// <summary>Publishes events into the document store, from where the <see cref="OutboxDispatcher"/> hands them on.</summary>
public sealed class OutboxEventPublisher(IDocumentStore store, OutboxSignal signal, TimeProvider time) : IEventPublisher
{
    private long lastPlace;

    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        foreach (var chunk in events.DistinctBy(OutboxEntry.Id).Chunk(IDocumentStore.MaxWrites))
        {
            await PublishChunkAsync(chunk, cancellation);
        }
    }

    private async Task PublishChunkAsync(CloudEvent[] events, CancellationToken cancellation)
    {
        var added = false;
        while (!added)
        {
            var writes = new List<DocumentWrite>(events.Length);
            foreach (var cloudEvent in events)
            {
                if (await store.GetAsync(OutboxEntry.Key(OutboxEntry.Id(cloudEvent)), cancellation) is null)
                {
                    writes.Add(OutboxEntry.Publish(cloudEvent, NextPlace()));
                }
            }

            added = writes.Count == 0 || await TryCommitAsync(writes, cancellation);
        }
    }

    private async Task<bool> TryCommitAsync(List<DocumentWrite> writes, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(OutboxEntry.Partition, writes, cancellation);
            signal.Set();
            return true;
        }
        catch (StoreConflictException)
        {
            // The same event was published at the same time: what is still missing is published again.
            return false;
        }
    }

    /// <summary>The clock, but never the same or back within this process.</summary>
    private long NextPlace()
    {
        while (true)
        {
            var last = Interlocked.Read(ref lastPlace);
            var next = Math.Max(last + 1, time.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref lastPlace, next, last) == last)
            {
                return next;
            }
        }
    }
}
