using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Serverless.Domain.Series;

namespace Serverless.Azure.TableStorage;

/// <summary>Runs and sealed rows in Table Storage; the layout is in functions/TimeSeries/FORMAT.md. Any number of instances may use one table.</summary>
internal sealed class TableRunStore(TableClient table) : IRunStore
{
    private readonly ConcurrentDictionary<SeriesPartition, Home> homes = new();
    private readonly PartitionDirectory directory = new(table);
    private readonly string writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        CheckSize(payload);
        return HomeOf(partition).Appender.AppendAsync(payload, cancellation);
    }

    public async IAsyncEnumerable<StoredRun> ReadRunsAsync(
        SeriesPartition partition,
        long after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var (runs, from) = (HomeOf(partition).Keys.Runs, PartitionKeys.Run(after + 1));
        await foreach (var run in table.QueryAsync(runs, from, PartitionKeys.RunsBefore, null, etags: false, cancellation))
        {
            yield return new StoredRun(PartitionKeys.SequenceOf(run.RowKey), run.ReadPayload());
        }
    }

    public async IAsyncEnumerable<SealedRow> ReadSealedAsync(
        SeriesPartition partition,
        string? from,
        string? to,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var (first, before) = PartitionKeys.RowRange(from, to);
        await foreach (var row in table.QueryAsync(HomeOf(partition).Keys.Rows, first, before, null, etags: false, cancellation))
        {
            yield return new SealedRow(PartitionKeys.SealedKeyOf(row.RowKey), row.Number("Sequence"), row.ReadPayload());
        }
    }

    /// <inheritdoc/>
    /// <remarks>Rows are put in transactions of up to 100, then others are deleted, then runs are removed: each step may be the last.</remarks>
    public async Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation)
    {
        var home = HomeOf(partition);
        var puts = new Dictionary<string, SealedRow>(compaction.Puts.Count);
        foreach (var row in compaction.Puts)
        {
            CheckSize(row.Payload);
            puts[row.Key] = row;
        }

        if (puts.Count > 0)
        {
            await directory.AddAsync(home.Keys, cancellation);
            await home.Rows.PutAsync(puts.Values, cancellation);
        }

        await home.Rows.DeleteAsync(compaction.Deletes.Distinct().Where(key => !puts.ContainsKey(key)), cancellation);
        if (compaction.RunsThrough > 0)
        {
            await home.Remover.RemoveAsync(compaction.RunsThrough, cancellation);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A partition is listed from its first use on, also when a retention has left nothing in it.</remarks>
    public IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(string? tenant, CancellationToken cancellation) =>
        directory.ListAsync(tenant, cancellation);

    public async ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation) =>
        await table.GetVersionAsync(HomeOf(partition).Keys.Rows, PartitionKeys.Version, "Number", cancellation);

    private Home HomeOf(SeriesPartition partition) =>
        homes.TryGetValue(partition, out var home) ? home : homes.GetOrAdd(partition, new Home(table, directory, writer, partition));

    private static void CheckSize(ReadOnlyMemory<byte> payload) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, IRunStore.MaxPayload, nameof(payload));

    /// <summary>What works on one partition.</summary>
    private sealed class Home
    {
        public Home(TableClient table, PartitionDirectory directory, string writer, SeriesPartition partition)
        {
            Keys = new PartitionKeys(partition);
            Appender = new RunAppender(table, Keys, directory, writer);
            Remover = new RunRemover(table, Keys, Appender);
            Rows = new RowWriter(table, Keys);
        }

        public PartitionKeys Keys { get; }

        public RunAppender Appender { get; }

        public RunRemover Remover { get; }

        public RowWriter Rows { get; }
    }
}
