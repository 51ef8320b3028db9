using Microsoft.Extensions.Logging;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>A change with the channels that it is told on.</summary>
internal sealed record FeedItem(LoggedChange Change, IReadOnlyList<Delivery> Deliveries);

/// <summary>
/// One tenant's changes for all who wait for them in this process: one reader of the log, the newest changes in memory, and a wake-up by channel, so that thousands of pollers neither ask the store nor
/// are woken for what is not theirs. The reader runs while somebody waits and a minute beyond.
/// </summary>
internal sealed partial class ChangeFeed(
    string tenant,
    ChangeLog log,
    Func<LoggedChange, CancellationToken, ValueTask<Ancestors>> findAncestors,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    private const int Kept = 4096;
    private const int PageSize = 500;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim starting = new(1);
    private readonly Dictionary<string, HashSet<FeedWaiter>> waiters = [];
    private readonly Queue<FeedItem> window = [];
    private readonly CancellationTokenSource ending = new();
    private Task reading = Task.CompletedTask;
    private long begin;
    private long end;
    private int count;
    private bool isRunning;

    /// <summary>Waits for changes on some channels until it is disposed of. What is committed from now on wakes it.</summary>
    public async Task<FeedWaiter> EnterAsync(IEnumerable<string> channels, CancellationToken cancellation)
    {
        var waiter = new FeedWaiter(this, [.. channels]);
        await starting.WaitAsync(cancellation);
        try
        {
            Add(waiter);
            if (!isRunning)
            {
                var last = await log.GetLastAsync(tenant, cancellation);
                lock (gate)
                {
                    window.Clear();
                    begin = end = last;
                    isRunning = true;
                }

                reading = ReadAsync(last, ending.Token);
            }
        }
        catch
        {
            Remove(waiter);
            throw;
        }
        finally
        {
            starting.Release();
        }

        return waiter;
    }

    /// <summary>Changes after a sequence, in order: from memory, or from the log where they are older. Empty where there is none.</summary>
    /// <param name="after">The sequence.</param>
    /// <param name="until">A sequence that is known to be in the log: memory that does not reach it yet is passed by. 0 for what there is.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<IReadOnlyList<FeedItem>> ReadAfterAsync(long after, long until, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (isRunning && after >= begin && end >= until)
            {
                return [.. window.SkipWhile(item => item.Change.Sequence <= after).Take(PageSize)];
            }
        }

        var items = new List<FeedItem>();
        foreach (var change in await log.ReadAsync(tenant, after, PageSize, cancellation))
        {
            items.Add(await ItemAsync(change, cancellation));
        }

        return items;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
        starting.Dispose();
    }

    internal void Remove(FeedWaiter waiter)
    {
        lock (gate)
        {
            foreach (var channel in waiter.Channels)
            {
                if (waiters.TryGetValue(channel, out var those) && those.Remove(waiter) && those.Count == 0)
                {
                    waiters.Remove(channel);
                }
            }

            count--;
        }
    }

    private void Add(FeedWaiter waiter)
    {
        lock (gate)
        {
            foreach (var channel in waiter.Channels)
            {
                if (!waiters.TryGetValue(channel, out var those))
                {
                    waiters[channel] = those = [];
                }

                those.Add(waiter);
            }

            count++;
        }
    }

    private async Task ReadAsync(long after, CancellationToken cancellation)
    {
        var used = time.GetUtcNow();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                foreach (var change in await log.WaitAsync(tenant, after, PageSize, Wait, cancellation))
                {
                    Offer(await ItemAsync(change, cancellation));
                    after = change.Sequence;
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Interrupted(tenant, failure);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            lock (gate)
            {
                var now = time.GetUtcNow();
                used = count > 0 ? now : used;
                if (now - used >= Linger)
                {
                    isRunning = false;
                    return;
                }
            }
        }
    }

    private async ValueTask<FeedItem> ItemAsync(LoggedChange change, CancellationToken cancellation) =>
        new(change, RealtimeChannels.Of(change, await findAncestors(change, cancellation)));

    private void Offer(FeedItem item)
    {
        lock (gate)
        {
            window.Enqueue(item);
            end = item.Change.Sequence;
            if (window.Count > Kept)
            {
                begin = window.Dequeue().Change.Sequence;
            }

            foreach (var delivery in item.Deliveries)
            {
                Wake(delivery.Channel);
                Wake(delivery.Wildcard);
            }
        }
    }

    private void Wake(string? channel)
    {
        if (channel is not null && waiters.TryGetValue(channel, out var those))
        {
            foreach (var waiter in those)
            {
                waiter.Wake();
            }
        }
    }

    [LoggerMessage(70, LogLevel.Warning, "The changes of tenant {Tenant} could not be read; it goes on where it was")]
    private partial void Interrupted(string tenant, Exception failure);
}

/// <summary>Somebody who waits for changes.</summary>
internal sealed class FeedWaiter(ChangeFeed feed, IReadOnlyList<string> channels) : IDisposable
{
    private volatile TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Channels => channels;

    /// <summary>Completes with the next change on one of the channels. Take it before looking for changes that are there.</summary>
    public Task Next => woken.Task;

    /// <summary>Forgets the wake-ups so far.</summary>
    public void Reset()
    {
        if (woken.Task.IsCompleted)
        {
            woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Wake() => woken.TrySetResult();

    public void Dispose() => feed.Remove(this);
}
