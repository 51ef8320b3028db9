namespace Serverless.Azure.TableStorage;

/// <summary>What the last transaction of a writer left: so that it can tell whether it was committed when its answer was lost.</summary>
/// <param name="Id">The writer.</param>
/// <param name="Transaction">A random name of the transaction.</param>
/// <param name="First">The sequence of the first run that it appended.</param>
/// <param name="ETag">The entity's.</param>
/// <param name="Written">When it was, by the service's clock.</param>
internal sealed record WriterMark(string Id, string Transaction, long First, string ETag, DateTimeOffset Written);

/// <summary>What numbers the runs of a partition.</summary>
/// <param name="Generation">The number of the fence that stands.</param>
/// <param name="Last">The sequence of the last run.</param>
/// <param name="Through">Runs up to this one are, or are about to be, removed.</param>
/// <param name="Written">When it changed last, by the service's clock.</param>
/// <param name="Writers">The writers of late.</param>
internal sealed record RunLogState(long Generation, long Last, long Through, DateTimeOffset Written, IReadOnlyList<WriterMark> Writers)
{
    public WriterMark? Find(string writer) => Writers.FirstOrDefault(mark => mark.Id == writer);

    /// <returns>The state, or null where the partition has no runs yet.</returns>
    public static async Task<RunLogState?> ReadAsync(TableClient table, PartitionKeys keys, CancellationToken cancellation)
    {
        var (generation, last, through, written) = (0L, 0L, 0L, DateTimeOffset.MinValue);
        var writers = new List<WriterMark>();
        var state = table.QueryAsync(keys.Runs, PartitionKeys.StateFrom, PartitionKeys.StateBefore, null, etags: true, cancellation);
        await foreach (var entity in state)
        {
            var key = entity.RowKey;
            if (PartitionKeys.GenerationOf(key) is { } fence)
            {
                generation = fence;
            }
            else if (PartitionKeys.WriterOf(key) is { } id)
            {
                writers.Add(new WriterMark(id, entity.Text("Transaction"), entity.Number("First"), entity.ETag, entity.Timestamp));
            }
            else if (key == PartitionKeys.Head)
            {
                (last, through, written) = (entity.Number("Last"), entity.Number("Through"), entity.Timestamp);
            }
        }

        return generation == 0 ? null : new RunLogState(generation, last, through, written, writers);
    }
}
