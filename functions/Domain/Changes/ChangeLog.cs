using System.Collections.Concurrent;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Changes;

/// <summary>The log of a tenant's changes, from which realtime, long polling and notifications are served on any instance.</summary>
/// <remarks>
/// The sequence is given by the store, not by a clock: the commit that writes a change also replaces the log's head under its entity tag. Readers on any instance
/// see every change once and in one order, whatever their clocks say.
/// </remarks>
public sealed class ChangeLog(IDocumentStore store, TimeProvider time)
{
    /// <summary>How long a change can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, TenantLog> logs = new();

    /// <summary>
    /// Tells the tenant and the changes of each commit of this instance, with their places in the log, as soon as they are durable and in the log's order. Who listens must neither wait nor throw, and
    /// must leave the bodies as they are: others read them too.
    /// </summary>
    public event Action<string, IReadOnlyList<LoggedChange>>? Committed;

    /// <summary>Commits writes to the tenant's partition together with the changes that they are.</summary>
    /// <exception cref="StoreConflictException">One of the writes (not the log's own) did not find what it expected; nothing was written.</exception>
    public async Task<IReadOnlyList<string?>> CommitAsync(
        string tenant,
        IReadOnlyList<DocumentWrite> writes,
        IReadOnlyList<Change> changes,
        CancellationToken cancellation
    )
    {
        if (changes.Count == 0)
        {
            return await store.CommitAsync(tenant, writes, cancellation);
        }

        var log = logs.GetOrAdd(tenant, _ => new TenantLog());
        await log.Gate.WaitAsync(cancellation);
        try
        {
            while (true)
            {
                var head = await store.GetAsync(HeadKey(tenant), ChangeJson.Default.ChangeHead, cancellation);
                try
                {
                    var now = time.GetUtcNow();
                    var tags = await store.CommitAsync(tenant, [.. writes, .. LogWrites(head, changes, now)], cancellation);
                    Tell(tenant, head?.Value.Last ?? 0, changes, now);
                    return [.. tags.Take(writes.Count)];
                }
                catch (StoreConflictException conflict) when (conflict.Key.Kind == Kinds.ChangeHead)
                {
                    // Another instance has logged in between: take its head and try again.
                }
            }
        }
        finally
        {
            log.Gate.Release();
            log.Signal();
        }
    }

    /// <summary>The last sequence of the tenant's log, 0 where nothing was ever logged.</summary>
    public async ValueTask<long> GetLastAsync(string tenant, CancellationToken cancellation) =>
        (await store.GetAsync(HeadKey(tenant), ChangeJson.Default.ChangeHead, cancellation))?.Value.Last ?? 0;

    /// <summary>Up to <paramref name="limit"/> changes after a sequence, in order.</summary>
    public async Task<IReadOnlyList<LoggedChange>> ReadAsync(string tenant, long after, int limit, CancellationToken cancellation)
    {
        var filter = new Filter.Compare("name", Comparison.Greater, System.Text.Json.Nodes.JsonValue.Create(NameOf(after)));
        var query = new DocumentQuery(tenant, Kinds.Change, filter, [new Ordering("name")], limit);
        var (items, _) = await store.QueryAsync(query, ChangeJson.Default.ChangeDocument, cancellation);
        return
        [
            .. items.Select(item => new LoggedChange(
                long.Parse(item.Value.Name),
                item.Value.Time,
                item.Value.Kind,
                item.Value.Source,
                item.Value.Action,
                item.Value.Body
            )),
        ];
    }

    /// <summary>Like <see cref="ReadAsync"/>, but waits for a change where there is none yet; empty after <paramref name="wait"/>.</summary>
    /// <remarks>While nothing happens a second of waiting costs one point read, that of the log's head. The changes are asked for where it has moved: it is written in one commit with them.</remarks>
    public async Task<IReadOnlyList<LoggedChange>> WaitAsync(
        string tenant,
        long after,
        int limit,
        TimeSpan wait,
        CancellationToken cancellation
    )
    {
        var log = logs.GetOrAdd(tenant, _ => new TenantLog());
        var deadline = time.GetUtcNow() + wait;
        var seen = after;
        while (true)
        {
            var signal = log.Next;
            var last = await GetLastAsync(tenant, cancellation);
            var changes = last > seen ? await ReadAsync(tenant, after, limit, cancellation) : [];
            var left = deadline - time.GetUtcNow();
            if (changes.Count > 0 || left <= TimeSpan.Zero)
            {
                return changes;
            }

            // What is behind the head and not there has ended.
            seen = Math.Max(seen, last);

            // This instance's own commits wake at once; those of others are found by looking again.
            var pause = left < PollInterval ? left : PollInterval;
            try
            {
                await signal.WaitAsync(pause, time, cancellation);
            }
            catch (TimeoutException)
            {
                // Look again.
            }
        }
    }

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static DocumentKey HeadKey(string tenant) => new(tenant, Kinds.ChangeHead, "head");

    private static string NameOf(long sequence) => sequence.ToString("D16");

    private void Tell(string tenant, long last, IReadOnlyList<Change> changes, DateTimeOffset now) =>
        Committed?.Invoke(
            tenant,
            [
                .. changes.Select(
                    (change, index) => new LoggedChange(last + index + 1, now, change.Kind, change.Source, change.Action, change.Body)
                ),
            ]
        );

    private static IEnumerable<DocumentWrite> LogWrites(Stored<ChangeHead>? head, IReadOnlyList<Change> changes, DateTimeOffset now)
    {
        var last = head?.Value.Last ?? 0;
        var headBody = ChangeJson.Default.ChangeHead.ToBody(new ChangeHead(last + changes.Count));
        yield return new DocumentWrite(head is null ? WriteMode.Create : WriteMode.Replace, Kinds.ChangeHead, "head", headBody, head?.ETag);
        foreach (var change in changes)
        {
            var name = NameOf(++last);
            var document = new ChangeDocument(name, now, change.Kind, change.Source, change.Action, change.Body);
            yield return new DocumentWrite(
                WriteMode.Create,
                Kinds.Change,
                name,
                ChangeJson.Default.ChangeDocument.ToBody(document),
                Expires: now + Kept
            );
        }
    }

    private sealed class TenantLog
    {
        private volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SemaphoreSlim Gate { get; } = new(1);

        public Task Next => next.Task;

        public void Signal() =>
            Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
