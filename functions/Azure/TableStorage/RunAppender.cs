using System.Security.Cryptography;
using Serverless.Domain.Documents;

namespace Serverless.Azure.TableStorage;

/// <summary>Appends runs to one partition: all that wait go in one transaction, and the next such begins when it has ended.</summary>
/// <remarks>
/// <para>
/// A run takes the number after the last one that this writer knows of, by an insert that fails where another has taken it. So nobody reads before a write, numbers have no gaps, and a run becomes visible
/// only after all of lower numbers. A request that arrives late, after its sender gave up, finds its number taken.
/// </para>
/// <para>
/// With the run the transaction touches the fence, which must exist: compaction replaces it before it removes runs, so that nobody takes a removed run's number again. And it leaves a
/// mark of the writer, by which a writer whose answer was lost sees whether it was committed.
/// </para>
/// </remarks>
internal sealed class RunAppender(TableClient table, PartitionKeys keys, PartitionDirectory directory, string writer)
{
    /// <summary>The fence, the head and the writer's mark.</summary>
    private const int OtherEntities = 3;
    private const int OtherBytes = 8192;

    /// <summary>How often others may take a number first. Each time one of them has got on, so this many mean that something is wrong.</summary>
    private const int Attempts = 100;

    private readonly Lock gate = new();
    private readonly Queue<PendingRun> queue = [];
    private bool running;
    private (long Generation, long Last)? known;

    public Task<long> AppendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var run = new PendingRun(payload, cancellation);
        lock (gate)
        {
            queue.Enqueue(run);
            if (!running)
            {
                running = true;
                _ = Task.Run(DrainAsync, CancellationToken.None);
            }
        }

        return run.SequenceAsync();
    }

    /// <summary>Takes note that a compaction of this process has replaced the fence: it spares the next append a refusal.</summary>
    /// <param name="before">The fence's number until then.</param>
    /// <param name="after">Its number now.</param>
    /// <param name="last">The last run at that time. Numbers up to it are not free: others may have taken them, and compaction removed them.</param>
    public void Fenced(long before, long after, long last)
    {
        lock (gate)
        {
            known = known is { } position && position.Generation == before ? (after, Math.Max(last, position.Last)) : known;
        }
    }

    private async Task DrainAsync()
    {
        while (Take() is { Count: > 0 } runs)
        {
            try
            {
                var first = await CommitAsync(runs, CancellationToken.None);
                for (var i = 0; i < runs.Count; i++)
                {
                    runs[i].Succeed(first + i);
                }
            }
            catch (Exception reason)
            {
                Know(null);
                runs.ForEach(run => run.Fail(reason));
            }
        }
    }

    /// <summary>As many of those that wait as one transaction holds; none where nobody waits.</summary>
    private List<PendingRun> Take()
    {
        var runs = new List<PendingRun>();
        var bytes = OtherBytes;
        lock (gate)
        {
            while (runs.Count < TableOperation.MostPerTransaction - OtherEntities && queue.TryPeek(out var run))
            {
                if (run.IsAbandoned)
                {
                    queue.Dequeue().Abandon();
                    continue;
                }

                bytes += Payload.SizeInJson(run.Payload.Length) + OtherBytes;
                if (runs.Count > 0 && bytes > TableOperation.MostBytes)
                {
                    break;
                }

                runs.Add(queue.Dequeue());
            }

            running = runs.Count > 0;
        }

        return runs;
    }

    /// <returns>The sequence of the first.</returns>
    private async Task<long> CommitAsync(List<PendingRun> runs, CancellationToken cancellation)
    {
        var transaction = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if ((Known() ?? await LocateAsync(cancellation)) is not var (generation, last))
            {
                continue;
            }

            var refusal = await table.CommitAsync(keys.Runs, [.. Operations(runs, transaction, generation, last)], cancellation);
            if (refusal is null)
            {
                Know((generation, last + runs.Count));
                return last + 1;
            }

            // Somebody was first, the fence has been replaced, or this very transaction was committed by a request whose answer got lost.
            var state = await RunLogState.ReadAsync(table, keys, cancellation);
            Know(state is null ? null : (state.Generation, state.Last));
            if (state?.Find(writer) is { } mark && mark.Transaction == transaction)
            {
                return mark.First;
            }
        }

        throw new StoreUnavailableException($"Table Storage refused {Attempts} times to append to a partition that many write to.");
    }

    private IEnumerable<TableOperation> Operations(List<PendingRun> runs, string transaction, long generation, long last)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            var sequence = last + 1 + i;
            yield return TableOperation.Insert(new EntityJson(keys.Runs, PartitionKeys.Run(sequence)).SetPayload(runs[i].Payload));
        }

        yield return TableOperation.Merge(new EntityJson(keys.Runs, PartitionKeys.Fence(generation)).Set("Last", last + runs.Count));
        yield return TableOperation.Merge(new EntityJson(keys.Runs, PartitionKeys.Head).Set("Last", last + runs.Count));
        yield return TableOperation.Replace(
            new EntityJson(keys.Runs, PartitionKeys.Writer(writer)).Set("Transaction", transaction).Set("First", last + 1)
        );
    }

    /// <summary>Asks for the last run, and begins the partition where it has none.</summary>
    /// <returns>Null where another has begun it at the same time.</returns>
    private async Task<(long Generation, long Last)?> LocateAsync(CancellationToken cancellation)
    {
        if (await RunLogState.ReadAsync(table, keys, cancellation) is { } state)
        {
            return (state.Generation, state.Last);
        }

        await directory.AddAsync(keys, cancellation);
        TableOperation[] first =
        [
            TableOperation.Insert(new EntityJson(keys.Runs, PartitionKeys.Fence(1)).Set("Last", 0)),
            TableOperation.Insert(new EntityJson(keys.Runs, PartitionKeys.Head).Set("Last", 0).Set("Through", 0)),
        ];
        return await table.CommitAsync(keys.Runs, first, cancellation) is null ? (1, 0) : null;
    }

    private (long Generation, long Last)? Known()
    {
        lock (gate)
        {
            return known;
        }
    }

    private void Know((long Generation, long Last)? position)
    {
        lock (gate)
        {
            known = position;
        }
    }
}
