using System.Collections.Immutable;
using System.Security.Cryptography;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Partitions;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Compaction;

/// <summary>Seals the runs of a partition: rows first, then the catalogue that names them, then the runs and the rows that they replace are removed.</summary>
/// <remarks>
/// <para>
/// Each step may be the last before a crash. Rows that no catalogue names are not seen, and the runs are still there; once the catalogue names them and says through which run, the runs are not
/// needed.
/// </para>
/// <para>
/// Two instances may compact at once: each makes rows and a catalogue row under names of its own, each from everything up to its last run. What both sealed is there twice and the higher
/// sequence wins; neither can overwrite the other's.
/// </para>
/// </remarks>
internal sealed class PartitionCompactor(IRunStore store, RowReader reader, SeriesOptions options, TimeProvider time)
{
    /// <summary>Rows of one call of the store: few enough that a local database is not locked for long.</summary>
    private const int BatchRows = 500;
    private const int BatchBytes = 8 << 20;

    /// <summary>Catalogue rows beyond which all are written anew as few.</summary>
    private const int MaxCatalogueRows = 8;
    private const int CatalogueRowBytes = 64 << 10;

    public async Task CompactAsync(Partition partition, CancellationToken cancellation)
    {
        await partition.Compacting.WaitAsync(cancellation);
        try
        {
            await partition.RefreshAsync(everything: true, cancellation);
            var view = partition.ViewForCompaction();
            if (view.Through > view.Manifest.Through || !view.Tombstones.IsEmpty)
            {
                await SealAsync(partition.Id, view, cancellation);
                await partition.RefreshAsync(everything: true, cancellation);
            }
        }
        finally
        {
            partition.Compacting.Release();
        }
    }

    private async Task SealAsync(SeriesPartition id, CompactionView view, CancellationToken cancellation)
    {
        var compaction = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        var compactor = new SeriesCompactor(reader, id, view.Through, compaction, options);
        var edits = new List<SeriesEdit>();
        var batch = new RowBatch(store, id, BatchRows, BatchBytes);
        foreach (var key in Touched(view))
        {
            ImmutableArray<Tombstone> tombstones = view.Tombstones.IsEmpty
                ? []
                : [.. view.Tombstones.Where(dead => dead.Selector.Matches(key))];
            if (
                await compactor.CompactAsync(key, view.Live.GetValueOrDefault(key), view.Manifest.Find(key), tombstones, cancellation) is
                { } done
            )
            {
                edits.Add(done.Edit);
                await batch.AddAsync(done.Rows, cancellation);
            }
        }

        if (edits.Count == 0 && view.Through == view.Manifest.Through && Remembered(view).Length == view.Manifest.Tombstones.Length)
        {
            return;
        }

        var removed = edits.SelectMany(edit => edit.Removed.Select(row => row.Key(edit.Series))).ToList();
        var consolidate = NeedsConsolidation(view.Manifest);
        if (consolidate)
        {
            edits = CatalogueMerger.Merge(view.Manifest, edits);
            removed.AddRange(view.Manifest.Keys);
        }

        var catalogue = CatalogueWriter.Write(edits, view.Through, Remembered(view), compaction);
        await batch.AddAsync(catalogue[..^1], cancellation);
        await batch.FlushAsync(cancellation);

        // Last of all the row that says through which run everything is sealed, and with it the removals.
        await store.CompactAsync(id, new Domain.Series.Compaction([catalogue[^1]], removed, view.Through), cancellation);
    }

    /// <summary>Many small rows are worth being few, and many large ones are where most of what they say has been superseded.</summary>
    private static bool NeedsConsolidation(Manifest manifest) =>
        manifest.Keys.Length > MaxCatalogueRows
        && (manifest.Keys.Length > MaxCatalogueRows + (manifest.Bytes / CatalogueRowBytes) || manifest.Stated > 2 * manifest.Standing);

    private static IEnumerable<SeriesKey> Touched(CompactionView view) =>
        view.Tombstones.IsEmpty
            ? view.Live.Keys
            : view.Live.Keys.Union(
                view.Manifest.Series.Select(series => series.Key).Where(key => view.Tombstones.Any(dead => dead.Selector.Matches(key)))
            );

    private ImmutableArray<Tombstone> Remembered(CompactionView view)
    {
        var oldest = time.GetUtcNow().UtcTicks - options.TombstoneMemory.Ticks;
        return [.. view.Tombstones.Where(tombstone => tombstone.Created >= oldest).DistinctBy(tombstone => tombstone.Sequence)];
    }
}
