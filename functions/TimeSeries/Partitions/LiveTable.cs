using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Partitions;

/// <summary>All unsealed points of a partition, and the deletions among its runs. Not for several threads: the partition locks it.</summary>
internal sealed class LiveTable
{
    private const int BytesPerPoint = 24;

    private readonly Dictionary<SeriesKey, LiveSeries> series = [];

    public IReadOnlyDictionary<SeriesKey, LiveSeries> Series => series;

    public ImmutableArray<Tombstone> Tombstones { get; private set; } = [];

    public long Points { get; private set; }

    /// <summary>About how many bytes the points take.</summary>
    public long Bytes { get; private set; }

    public void Apply(RunPoints run, long sequence)
    {
        LiveSeries? live = null;
        var last = -1;
        foreach (var column in run.Columns)
        {
            if (column.Series != last)
            {
                last = column.Series;
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(series, run.Series[last], out _);
                live = entry ??= new LiveSeries();
            }

            var values = run.ValuesOf(column.Type);
            live!.Column(column.Field, column.Type).Append(run.TimesOf(column), values, column.ValueStart, sequence);
            Points += column.Count;
            Bytes += (column.Count * BytesPerPoint) + values.TextBytes(column.ValueStart, column.Count);
        }

        // A deletion may have been seen before the run that it deletes from.
        foreach (var tombstone in Tombstones)
        {
            if (tombstone.Sequence > sequence)
            {
                Erase(tombstone);
            }
        }
    }

    public void Apply(Tombstone tombstone)
    {
        Tombstones = Tombstones.Add(tombstone);
        Erase(tombstone);
    }

    /// <summary>Forgets what is sealed: points and deletions of the runs up to this one.</summary>
    public void RemoveThrough(long sequence)
    {
        Tombstones = Tombstones.RemoveAll(tombstone => tombstone.Sequence <= sequence);
        Remove(series.Keys, (_, of) => of <= sequence);

        // Sorting a column drops what was overwritten, uncounted; here the count is put right.
        var points = series.Values.Sum(live => live.Columns.Sum(column => (long)column.Points.Count));
        Bytes = points == 0 ? 0 : Bytes * points / Points;
        Points = points;
    }

    private void Erase(Tombstone tombstone) => Remove(series.Keys.Where(tombstone.Selector.Matches), tombstone.Covers);

    private void Remove(IEnumerable<SeriesKey> keys, Func<long, long, bool> timeAndSequence)
    {
        foreach (var key in keys.ToList())
        {
            var live = series[key];
            var removed = live.RemoveWhere(timeAndSequence);
            Bytes -= Points == 0 ? 0 : Bytes * removed / Points;
            Points -= removed;
            if (live.Columns.Count == 0)
            {
                series.Remove(key);
            }
        }
    }
}
