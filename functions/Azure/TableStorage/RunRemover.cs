using Serverless.Domain.Documents;

namespace Serverless.Azure.TableStorage;

/// <summary>Removes the runs of one partition up to a sequence, such that their numbers are never taken again.</summary>
internal sealed class RunRemover(TableClient table, PartitionKeys keys, RunAppender appender)
{
    private const int Attempts = 20;
    private static readonly TimeSpan WriterMemory = TimeSpan.FromDays(1);

    public async Task RemoveAsync(long through, CancellationToken cancellation)
    {
        if (await FenceAsync(through, cancellation) is { } state)
        {
            await RemoveRunsAsync(Math.Min(through, state.Last), cancellation);
            await ForgetWritersAsync(state, cancellation);
        }
    }

    /// <summary>Replaces the fence, so that an append that does not know of it fails, and says through which run all may be removed.</summary>
    /// <returns>The state before; null where there are no runs, or none up to here that are not fenced off already and gone.</returns>
    private async Task<RunLogState?> FenceAsync(long through, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var state = await RunLogState.ReadAsync(table, keys, cancellation);
            if (state is null || Math.Min(through, state.Last) <= state.Through)
            {
                return state;
            }

            var next = state.Generation + 1;
            TableOperation[] replacement =
            [
                TableOperation.Delete(PartitionKeys.Fence(state.Generation)),
                TableOperation.Insert(new EntityJson(keys.Runs, PartitionKeys.Fence(next)).Set("Last", state.Last)),
                TableOperation.Merge(new EntityJson(keys.Runs, PartitionKeys.Head).Set("Through", Math.Min(through, state.Last))),
            ];
            if (await table.CommitAsync(keys.Runs, replacement, cancellation) is null)
            {
                appender.Fenced(state.Generation, next, state.Last);
                return state;
            }
        }

        throw new StoreUnavailableException("Table Storage did not let a fence be replaced: too many instances compact one partition.");
    }

    /// <summary>In order, so that what is left when it is cut short are the last.</summary>
    private async Task RemoveRunsAsync(long through, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var runs = new List<string>();
            await foreach (
                var run in table.QueryAsync(keys.Runs, PartitionKeys.Run(0), PartitionKeys.Run(through + 1), "RowKey", false, cancellation)
            )
            {
                runs.Add(run.RowKey);
            }

            var removed = true;
            foreach (var some in runs.Chunk(TableOperation.MostPerTransaction))
            {
                // Refused where another instance removes them too: what is left is asked for again.
                removed &= await table.CommitAsync(keys.Runs, [.. some.Select(run => TableOperation.Delete(run))], cancellation) is null;
            }

            if (removed)
            {
                return;
            }
        }

        throw new StoreUnavailableException("Table Storage did not let runs be removed: too many instances compact one partition.");
    }

    /// <summary>Removes the marks of writers that are long gone. One that has written since is left: its ETag is another, and then all are.</summary>
    private async Task ForgetWritersAsync(RunLogState state, CancellationToken cancellation)
    {
        var gone = state.Writers.Where(mark => state.Written - mark.Written > WriterMemory).Take(TableOperation.MostPerTransaction);
        TableOperation[] removals = [.. gone.Select(mark => TableOperation.Delete(PartitionKeys.Writer(mark.Id), mark.ETag))];
        if (removals.Length > 0)
        {
            await table.CommitAsync(keys.Runs, removals, cancellation);
        }
    }
}
