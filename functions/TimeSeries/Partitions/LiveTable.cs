using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Partitions;

/// <summary>All unsealed points of a partition, and the deletions among its runs. Not for several threads: the partition locks it.</summary>
internal sealed class LiveTable
{
    private const int BytesPerPoint = 24;

    private readonly Dictionary<SeriesKey, LiveSeries> series = [];
    private readonly Dictionary<string, List<LiveSeries>> measurements = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<SeriesKey, LiveSeries> Series => series;

    /// <summary>The most tags that a series has had.</summary>
    public int MostTags { get; private set; }

    /// <summary>The series of each measurement, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, List<LiveSeries>> Measurements => measurements;

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
                live = Get(run.Series[last]);
                live.Info = null;
            }

            var values = run.ValuesOf(column.Type);
            live!.Columns.Get(column.Field, column.Type).Append(run.TimesOf(column), values, column.ValueStart, sequence);
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
        Tombstones = Tombstones.RemoveAll(tombstone.Includes).Add(tombstone);
        Erase(tombstone);
    }

    /// <summary>Forgets what is sealed: points and deletions of the runs up to this one.</summary>
    public void RemoveThrough(long sequence)
    {
        Tombstones = Tombstones.RemoveAll(tombstone => tombstone.Sequence <= sequence);
        Remove(series.Values, (_, points) => points.RemoveThrough(sequence));

        // Sorting a column drops what was overwritten, uncounted; here the count is put right.
        var points = series.Values.Sum(live => live.Columns.All.Sum(column => (long)column.Points.Count));
        Bytes = points == 0 ? 0 : Bytes * points / Points;
        Points = points;
        foreach (var live in series.Values)
        {
            live.Info = null;
        }
    }

    private void Erase(Tombstone tombstone) =>
        Remove(
            series.Values.Where(live => tombstone.Selector.Matches(live.Key)),
            (field, points) => tombstone.Concerns(field) ? points.RemoveWhere(tombstone.Covers) : 0
        );

    private LiveSeries Get(SeriesKey key)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(series, key, out var exists);
        if (!exists)
        {
            entry = new LiveSeries(key);
            MostTags = Math.Max(MostTags, key.Tags.Count);
            ref var ofMeasurement = ref CollectionsMarshal.GetValueRefOrAddDefault(measurements, key.Measurement, out _);
            (ofMeasurement ??= []).Add(entry);
        }

        return entry!;
    }

    private void Remove(IEnumerable<LiveSeries> from, Func<string, PointColumn, int> remove)
    {
        var emptied = new HashSet<string>(StringComparer.Ordinal);
        foreach (var live in from.ToList())
        {
            var removed = live.Remove(remove);
            Bytes -= Points == 0 ? 0 : Bytes * removed / Points;
            Points -= removed;
            if (live.Columns.All.Count == 0)
            {
                series.Remove(live.Key);
                emptied.Add(live.Key.Measurement);
            }
        }

        foreach (var measurement in emptied)
        {
            var left = measurements[measurement];
            left.RemoveAll(live => live.Columns.All.Count == 0);
            if (left.Count == 0)
            {
                measurements.Remove(measurement);
            }
        }
    }
}
