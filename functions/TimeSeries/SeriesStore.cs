using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Compaction;
using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;
using Serverless.TimeSeries.Scans;

namespace Serverless.TimeSeries;

/// <summary>Stores and reads series: runs are its log, a table in memory holds what is not yet sealed, and compaction seals runs into rows of compressed blocks.</summary>
/// <remarks>
/// <para>Safe for any number of threads, and for any number of processes on one store. Every read sees every write that had completed, whoever made it.</para>
/// <para>
/// Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer, and <see cref="InvalidDataException"/> when what is stored cannot be read. A tenant, database or
/// series that does not exist is empty. Times are nanoseconds since 1970-01-01T00:00:00Z.
/// </para>
/// </remarks>
public sealed class SeriesStore : ISeriesWriter, ISeriesEraser, ISeriesTail, IAsyncDisposable
{
    private readonly ConcurrentDictionary<SeriesPartition, Partition> partitions = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly IRunStore store;
    private readonly TimeProvider time;
    private readonly SeriesOptions options;
    private readonly FieldReader reader;
    private readonly PartitionCompactor compactor;
    private int disposed;

    public SeriesStore(IRunStore store, TimeProvider time, SeriesOptions? options = null)
    {
        (this.store, this.time, this.options) = (store, time, options ?? new SeriesOptions());
        var rows = new RowReader(store, new RowCache(this.options.CacheBytes), this.options.ReadsWindows);
        reader = new FieldReader(rows);
        compactor = new PartitionCompactor(store, rows, this.options, time);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A point has no measurement, field or value, or takes more than a run may (about 900 KB).</exception>
    public Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points)
    {
        if (options.Shards == 1 || points.Count == 0)
        {
            return Prepare(Get(tenant, database, 0), points);
        }

        var shards = points
            .GroupBy(point => ShardOf(point.Tags))
            .Select(shard => Prepare(Get(tenant, database, shard.Key), [.. shard]))
            .ToList();
        return cancellation => Task.WhenAll(shards.Select(write => write(cancellation)));
    }

    /// <summary>Writes points; when the task completes they are durable and every read sees them.</summary>
    /// <inheritdoc cref="Prepare(string, string, IReadOnlyList{Point})" path="/exception"/>
    public async Task WriteAsync(string tenant, string database, IReadOnlyList<Point> points, CancellationToken cancellation) =>
        await Prepare(tenant, database, points)(cancellation);

    /// <summary>The series of a database that have points.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="database">The database.</param>
    /// <param name="measurement">Only of this measurement; null for any.</param>
    /// <param name="tags">Only those whose tags pass; null for any.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <returns>The series, ordered by measurement and then as they come.</returns>
    public async ValueTask<IReadOnlyList<SeriesInfo>> FindSeriesAsync(
        string tenant,
        string database,
        string? measurement,
        Func<TagSet, bool>? tags,
        CancellationToken cancellation
    )
    {
        var found = new List<SeriesInfo>();
        for (var shard = 0; shard < options.Shards; shard++)
        {
            (await FreshAsync(tenant, database, shard, cancellation)).Describe(measurement, tags, found);
        }

        return measurement is null ? [.. found.OrderBy(series => series.Measurement, StringComparer.Ordinal)] : found;
    }

    /// <summary>One series by its measurement and all of its tags, without a search.</summary>
    /// <returns>The series, or null where it has no points.</returns>
    public async ValueTask<SeriesInfo?> GetSeriesAsync(
        string tenant,
        string database,
        string measurement,
        TagSet tags,
        CancellationToken cancellation
    ) => (await FreshAsync(tenant, database, ShardOf(tags), cancellation)).Describe(new SeriesKey(measurement, tags));

    /// <summary>The points of a field, each time once, in chunks that do not overlap.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="database">The database.</param>
    /// <param name="measurement">The measurement.</param>
    /// <param name="tags">All tags of the series.</param>
    /// <param name="field">The field; where it has had several types, chunks of each come in order of time.</param>
    /// <param name="fromNs">The first time.</param>
    /// <param name="toNs">The time before which to end; <see cref="long.MaxValue"/> for no end.</param>
    /// <param name="descending">Whether the newest chunk comes first. Within a chunk times ascend all the same.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async IAsyncEnumerable<ColumnChunk> ScanAsync(
        string tenant,
        string database,
        string measurement,
        TagSet tags,
        string field,
        long fromNs,
        long toNs,
        bool descending,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (fromNs >= toNs)
        {
            yield break;
        }

        var partition = await FreshAsync(tenant, database, ShardOf(tags), cancellation);
        var key = new SeriesKey(measurement, tags);
        await foreach (var chunk in reader.ScanAsync(partition, key, field, fromNs, LastBefore(toNs), descending, cancellation))
        {
            yield return chunk;
        }
    }

    /// <summary>The points of a field of a series that this store has described. It sees every write that had completed before that, and perhaps later ones, and spares the look for them.</summary>
    /// <inheritdoc cref="ScanAsync(string, string, string, TagSet, string, long, long, bool, CancellationToken)"/>
    /// <exception cref="ArgumentException">The description is of another origin.</exception>
    public IAsyncEnumerable<ColumnChunk> ScanAsync(
        SeriesInfo series,
        string field,
        long fromNs,
        long toNs,
        bool descending,
        CancellationToken cancellation
    ) =>
        fromNs >= toNs
            ? AsyncEnumerable.Empty<ColumnChunk>()
            : reader.ScanAsync(HomeOf(series), KeyOf(series), field, fromNs, LastBefore(toNs), descending, cancellation);

    /// <summary>The value at the last time of a field of a series that this store has described; for what it sees, see <see cref="ScanAsync(SeriesInfo, string, long, long, bool, CancellationToken)"/>.</summary>
    /// <returns>The value, or null where the field has none.</returns>
    /// <exception cref="ArgumentException">The description is of another origin.</exception>
    public ValueTask<TimedValue?> LastAsync(SeriesInfo series, string field, CancellationToken cancellation) =>
        reader.LastAsync(HomeOf(series), KeyOf(series), field, cancellation);

    /// <summary>The value of a field at its last time, found without a scan.</summary>
    /// <returns>The value, or null where the field has none.</returns>
    public async ValueTask<TimedValue?> LastAsync(
        string tenant,
        string database,
        string measurement,
        TagSet tags,
        string field,
        CancellationToken cancellation
    )
    {
        var partition = await FreshAsync(tenant, database, ShardOf(tags), cancellation);
        return await reader.LastAsync(partition, new SeriesKey(measurement, tags), field, cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>The store is asked once for what is new in each shard, however many fields there are.</remarks>
    public async Task<IReadOnlyList<TimedValue?>> ReadLastAsync(
        string tenant,
        string database,
        IReadOnlyList<SeriesField> fields,
        long lastNs,
        CancellationToken cancellation
    )
    {
        var fresh = new Partition[options.Shards];
        for (var shard = 0; shard < fresh.Length && fields.Count > 0; shard++)
        {
            fresh[shard] = await FreshAsync(tenant, database, shard, cancellation);
        }

        var found = new TimedValue?[fields.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = await reader.LastOfAllAsync(fresh, fields[i], lastNs, cancellation);
        }

        return found;
    }

    /// <summary>Deletes points. When it completes no read sees them; what is written afterwards, at whatever time, is seen. Their bytes go with the next compaction.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="database">The database.</param>
    /// <param name="selector">The series; the default selects all.</param>
    /// <param name="fromNs">The first time.</param>
    /// <param name="toNs">The time before which to end; <see cref="long.MaxValue"/> for no end.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task DeleteAsync(
        string tenant,
        string database,
        SeriesSelector selector,
        long fromNs,
        long toNs,
        CancellationToken cancellation
    )
    {
        if (fromNs >= toNs)
        {
            return;
        }

        var tombstone = new Tombstone(0, time.GetUtcNow().UtcTicks, selector, fromNs, LastBefore(toNs));
        for (var shard = 0; shard < options.Shards; shard++)
        {
            await DeleteAsync(Get(tenant, database, shard), tombstone, cancellation);
        }
    }

    /// <summary>Deletes the points that a field of one series has at certain times, and no others: no read sees them when it completes.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="database">The database.</param>
    /// <param name="measurement">The measurement.</param>
    /// <param name="tags">All tags of the series.</param>
    /// <param name="field">The field.</param>
    /// <param name="times">The times in nanoseconds, ascending; where there are none nothing is done.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public Task DeletePointsAsync(
        string tenant,
        string database,
        string measurement,
        TagSet tags,
        string field,
        IReadOnlyCollection<long> times,
        CancellationToken cancellation
    )
    {
        if (times.Count == 0)
        {
            return Task.CompletedTask;
        }

        ImmutableArray<long> all = [.. times];
        var selector = new SeriesSelector(measurement, tags, IsWhole: true);
        var tombstone = new Tombstone(0, time.GetUtcNow().UtcTicks, selector, all[0], all[^1]) { Field = field, Times = all };
        return DeleteAsync(Get(tenant, database, ShardOf(tags)), tombstone, cancellation);
    }

    /// <inheritdoc/>
    public Task EraseAsync(string tenant, string database, TagSet tags, CancellationToken cancellation) =>
        DeleteAsync(tenant, database, new SeriesSelector(null, tags), long.MinValue, long.MaxValue, cancellation);

    /// <inheritdoc/>
    /// <remarks>Their bytes go too.</remarks>
    public async Task ApplyRetentionAsync(string tenant, string database, long cutoffNs, CancellationToken cancellation)
    {
        for (var shard = 0; shard < options.Shards; shard++)
        {
            var partition = await FreshAsync(tenant, database, shard, cancellation);
            if (cutoffNs > long.MinValue && partition.HasBefore(cutoffNs))
            {
                await DeleteAsync(
                    partition,
                    new Tombstone(0, time.GetUtcNow().UtcTicks, default, long.MinValue, cutoffNs - 1),
                    cancellation
                );
                await compactor.CompactAsync(partition, cancellation);
            }
        }
    }

    /// <summary>Seals all runs of a database. It may be repeated, and run on several instances at once.</summary>
    public async Task CompactAsync(string tenant, string database, CancellationToken cancellation)
    {
        for (var shard = 0; shard < options.Shards; shard++)
        {
            await compactor.CompactAsync(Get(tenant, database, shard), cancellation);
        }
    }

    /// <summary>Seals the runs of every partition of the store that has many of them, or old ones: what a housekeeping timer calls.</summary>
    /// <exception cref="InvalidDataException">A partition is corrupt. The others have been sealed all the same.</exception>
    public async Task MaintainAsync(CancellationToken cancellation)
    {
        // Read to its end first: a list that is open is a snapshot, and a store cannot reclaim what it wrote since.
        var ids = new List<SeriesPartition>();
        await foreach (var id in store.ListPartitionsAsync(null, cancellation))
        {
            ids.Add(id);
        }

        ExceptionDispatchInfo? corrupt = null;
        foreach (var id in ids)
        {
            try
            {
                await CompactIfDueAsync(Get(id), cancellation);
            }
            catch (InvalidDataException error)
            {
                corrupt ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        corrupt?.Throw();
    }

    /// <summary>Stops the compactions that writes have started and waits for them. Doing it again does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stopping.CancelAsync();
        await Task.WhenAll(partitions.Values.Select(partition => partition.Background));
        foreach (var partition in partitions.Values)
        {
            partition.Dispose();
        }

        stopping.Dispose();
    }

    private async Task CompactIfDueAsync(Partition partition, CancellationToken cancellation)
    {
        await partition.RefreshAsync(everything: true, cancellation);
        var load = partition.Load;
        if (
            load.Runs > options.MaxRuns
            || load.Points > options.MaxLivePoints
            || load.Bytes > options.MaxLiveBytes
            || load.Age >= options.MaxAge
        )
        {
            await compactor.CompactAsync(partition, cancellation);
        }
    }

    private static async Task DeleteAsync(Partition partition, Tombstone tombstone, CancellationToken cancellation)
    {
        var writer = new ByteWriter();
        Envelope.Open(writer, Envelope.Deletion);
        tombstone.Write(writer);
        Envelope.Close(writer);
        await partition.AppendAsync(writer.WrittenMemory, tombstone, cancellation);
    }

    private Func<CancellationToken, Task> Prepare(Partition partition, IReadOnlyList<Point> points)
    {
        var runs = RunEncoder.Encode(points);
        return cancellation => AppendAsync(partition, runs, cancellation);
    }

    private async Task AppendAsync(Partition partition, List<(byte[] Payload, RunPoints Run)> runs, CancellationToken cancellation)
    {
        foreach (var (payload, run) in runs)
        {
            await partition.AppendAsync(payload, run, cancellation);
        }

        var (live, bytes, _, _) = partition.Load;
        if (live > options.MaxLivePoints || bytes > options.MaxLiveBytes)
        {
            StartCompaction(partition);
            if (live > 4L * options.MaxLivePoints || bytes > 4 * options.MaxLiveBytes)
            {
                await partition.Background.WaitAsync(cancellation);
            }
        }
    }

    private void StartCompaction(Partition partition)
    {
        lock (partition.Compacting)
        {
            if (partition.Background.IsCompleted && !stopping.IsCancellationRequested)
            {
                partition.Background = Task.Run(() => CompactQuietlyAsync(partition));
            }
        }
    }

    /// <summary>A compaction that fails leaves all as it was: the next write or the housekeeping tries again, and the latter says what is wrong.</summary>
    private async Task CompactQuietlyAsync(Partition partition)
    {
        try
        {
            await compactor.CompactAsync(partition, stopping.Token);
        }
        catch (Exception error) when (error is StoreUnavailableException or InvalidDataException or OperationCanceledException)
        {
            return;
        }
    }

    private static long LastBefore(long toNs) => toNs == long.MaxValue ? toNs : toNs - 1;

    private static SeriesKey KeyOf(SeriesInfo series) => new(series.Measurement, series.Tags);

    private static Partition HomeOf(SeriesInfo series) =>
        series.Partition ?? throw new ArgumentException("The store has not described this series.", nameof(series));

    private async ValueTask<Partition> FreshAsync(string tenant, string database, int shard, CancellationToken cancellation)
    {
        var partition = Get(tenant, database, shard);
        await partition.RefreshAsync(everything: false, cancellation);
        return partition;
    }

    private int ShardOf(TagSet tags) => options.Shards == 1 ? 0 : (int)(SeriesKey.StableHash(tags) % (uint)options.Shards);

    private Partition Get(string tenant, string database, int shard) => Get(new SeriesPartition(tenant, database, shard));

    private Partition Get(SeriesPartition id) =>
        partitions.TryGetValue(id, out var known) ? known : partitions.GetOrAdd(id, new Partition(store, id, time, options.Exclusive));
}
