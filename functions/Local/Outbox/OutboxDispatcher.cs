using Microsoft.Extensions.Logging;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Local.Outbox;

/// <summary>Hands each published event to every handler, at least once and beginning in the order of publishing, some at once; one that fails comes again later and holds none up.</summary>
/// <remarks>Which handlers have had an event that failed at another is remembered while the process runs. A new process hands it to all again.</remarks>
public sealed partial class OutboxDispatcher(
    IDocumentStore store,
    OutboxSignal signal,
    IReadOnlyList<IEventHandler> handlers,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger
)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    // What handlers of several events write at once the local store takes into one commit.
    private const int AtOnce = 20;

    private readonly PriorityQueue<Retry, DateTimeOffset> retries = new();

    /// <summary>Dispatches until cancelled, beginning with what an earlier process left. Run one at a time.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var resumed = false;
        for (var failures = 0; ; )
        {
            var published = signal.Next;
            try
            {
                resumed = resumed || await ResumeAsync(cancellation);
                await DeliverPendingAsync(cancellation);
                await DeliverRetriesAsync(cancellation);
                failures = 0;
                await WaitAsync(published, NextRetry(), cancellation);
            }
            catch (StoreUnavailableException exception)
            {
                LogStoreUnavailable(exception);
                await Task.Delay(Delay(failures++), time, cancellation);
            }
        }
    }

    /// <summary>How many events wait, in words.</summary>
    /// <exception cref="StoreUnavailableException">The outbox cannot be read.</exception>
    public async Task<string?> DescribeAsync(CancellationToken cancellation)
    {
        var pending = await store.CountAsync(OutboxEntry.Query(OutboxEntry.Pending), cancellation);
        var retrying = await store.CountAsync(OutboxEntry.Query(OutboxEntry.Retrying), cancellation);
        return $"{pending} pending, {retrying} to be tried again";
    }

    /// <summary>The delay after a number of failures: 1 s, 2 s, 4 s, to 5 min.</summary>
    internal static TimeSpan Delay(int failures) =>
        failures >= 9 ? LongestDelay : TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << failures));

    private async Task<bool> ResumeAsync(CancellationToken cancellation)
    {
        retries.Clear();
        var query = OutboxEntry.Query(OutboxEntry.Retrying);
        do
        {
            var page = await store.QueryAsync(query, cancellation);
            foreach (var entry in page.Items)
            {
                retries.Enqueue(new Retry(entry.Key.Id, [.. handlers]), time.GetUtcNow());
            }

            query = query with { Cursor = page.Cursor };
        } while (query.Cursor is not null);

        return true;
    }

    private async Task DeliverPendingAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // Each entry leaves the status in the commit below, so that the first page is always the next one.
            var page = await store.QueryAsync(OutboxEntry.Query(OutboxEntry.Pending), cancellation);
            if (page.Items.Count == 0)
            {
                return;
            }

            var writes = new List<DocumentWrite>();
            var failed = new List<Retry>();
            foreach (var chunk in page.Items.Chunk(AtOnce))
            {
                var missing = await Task.WhenAll(chunk.Select(entry => DeliverAsync(entry, handlers, cancellation)));
                foreach (var (entry, left) in chunk.Zip(missing))
                {
                    writes.Add(left.Count == 0 ? OutboxEntry.MarkDelivered(entry, time.GetUtcNow()) : OutboxEntry.MarkRetrying(entry));
                    if (left.Count > 0)
                    {
                        failed.Add(new Retry(entry.Key.Id, left));
                    }
                }
            }

            await store.CommitAsync(OutboxEntry.Partition, writes, cancellation);
            failed.ForEach(Schedule);
        }
    }

    private async Task DeliverRetriesAsync(CancellationToken cancellation)
    {
        while (retries.TryPeek(out var retry, out var due) && due <= time.GetUtcNow())
        {
            if (await store.GetAsync(OutboxEntry.Key(retry.Id), cancellation) is { } entry)
            {
                retry.Missing = await DeliverAsync(entry, retry.Missing, cancellation);
                if (retry.Missing.Count == 0)
                {
                    await store.CommitAsync(OutboxEntry.Partition, [OutboxEntry.MarkDelivered(entry, time.GetUtcNow())], cancellation);
                }
            }

            // It leaves the queue when its outcome is durable: a store that is away meanwhile loses none.
            retries.Dequeue();
            if (retry.Missing.Count > 0)
            {
                retry.Failures++;
                Schedule(retry);
            }
        }
    }

    /// <summary>Hands an event to handlers.</summary>
    /// <returns>Those that failed.</returns>
    private async Task<List<IEventHandler>> DeliverAsync(Document entry, IReadOnlyList<IEventHandler> to, CancellationToken cancellation)
    {
        var failed = new List<IEventHandler>();
        foreach (var handler in to)
        {
            try
            {
                await handler.HandleAsync(OutboxEntry.Event(entry), cancellation);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                LogHandlerFailed(handler.GetType().Name, entry.Key.Id, exception);
                failed.Add(handler);
            }
        }

        return failed;
    }

    private void Schedule(Retry retry) => retries.Enqueue(retry, time.GetUtcNow() + Delay(retry.Failures));

    private TimeSpan NextRetry()
    {
        if (!retries.TryPeek(out _, out var due))
        {
            return Timeout.InfiniteTimeSpan;
        }

        var delay = due - time.GetUtcNow();
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    private async Task WaitAsync(Task published, TimeSpan delay, CancellationToken cancellation)
    {
        try
        {
            await published.WaitAsync(delay, time, cancellation);
        }
        catch (TimeoutException)
        {
            // A retry is due.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The handler {Handler} failed on the event {Entry}; it is tried again later.")]
    private partial void LogHandlerFailed(string handler, string entry, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The outbox cannot be read or written; it is tried again.")]
    private partial void LogStoreUnavailable(Exception exception);

    private sealed class Retry(string id, List<IEventHandler> missing)
    {
        public string Id => id;

        public List<IEventHandler> Missing { get; set; } = missing;

        public int Failures { get; set; }
    }
}
