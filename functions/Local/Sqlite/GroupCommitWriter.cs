using System.Collections.Concurrent;
using Serverless.Domain.Documents;

namespace Serverless.Local.Sqlite;

/// <summary>The one writer of this process. It takes all the writes that wait, runs each in a savepoint of one transaction, commits once, and only
/// then completes the callers: whatever is written at the same time shares one fsync.</summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private readonly BlockingCollection<WriteItem> queue = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim room;
    private readonly Connection connection;
    private long commits;

    public GroupCommitWriter(Connection connection, int capacity)
    {
        this.connection = connection;
        room = new SemaphoreSlim(capacity);
        // SQLite blocks in fsync: a thread of its own, so that no pool thread waits for a disk.
        new Thread(Loop) { IsBackground = true, Name = "sqlite writer" }.Start();
    }

    /// <summary>The transactions committed so far.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Runs a write. The task completes when it is durable.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full, the file is locked: nothing was written.</exception>
    public async Task<T> RunAsync<T>(Func<Connection, T> work, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        try
        {
            var item = new WriteItem<T>(work, cancellation);
            Add(item);
            return await item.Task;
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>Ends when all that waited is committed; what comes later is refused.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.CompleteAdding();
        await ended.Task;
    }

    private void Add(WriteItem item)
    {
        try
        {
            queue.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteDatabase), "The database is closed.");
        }
    }

    private void Loop()
    {
        var batch = new List<WriteItem>();
        foreach (var first in queue.GetConsumingEnumerable())
        {
            Take(first, batch);
            while (queue.TryTake(out var next))
            {
                Take(next, batch);
            }

            if (batch.Count > 0)
            {
                Commit(batch);
                batch.Clear();
            }
        }

        ended.SetResult();
    }

    private static void Take(WriteItem item, List<WriteItem> batch)
    {
        if (item.TryTake())
        {
            batch.Add(item);
        }
    }

    private void Commit(List<WriteItem> batch)
    {
        // A refused item is told so after the commit: what refused it may be another item of the batch, which no read sees before.
        var refused = new List<(WriteItem Item, Exception Reason)>();
        try
        {
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var item in batch)
            {
                if (TryApply(item) is { } reason)
                {
                    refused.Add((item, reason));
                }
            }

            connection.Execute("COMMIT");
            Interlocked.Increment(ref commits);
        }
        catch (Exception exception)
        {
            RollBack();
            foreach (var item in batch)
            {
                item.Fail(new StoreUnavailableException(exception.Message, exception));
            }

            return;
        }

        foreach (var (item, reason) in refused)
        {
            batch.Remove(item);
            item.Fail(reason);
        }

        foreach (var item in batch)
        {
            item.Succeed();
        }
    }

    /// <summary>Runs one item; a failure undoes that item alone, unless SQLite ended the whole transaction with it.</summary>
    /// <returns>Why the item was undone, or null where it was not.</returns>
    private Exception? TryApply(WriteItem item)
    {
        try
        {
            connection.Execute("SAVEPOINT item");
            item.Run(connection);
            connection.Execute("RELEASE item");
            return null;
        }
        catch (Exception exception) when (connection.InTransaction)
        {
            connection.Execute("ROLLBACK TO item");
            connection.Execute("RELEASE item");
            return exception;
        }
    }

    private void RollBack()
    {
        try
        {
            if (connection.InTransaction)
            {
                connection.Execute("ROLLBACK");
            }
        }
        catch (StoreUnavailableException)
        {
            // The next BEGIN tells whether the connection is usable; the callers get the first failure.
        }
    }
}
