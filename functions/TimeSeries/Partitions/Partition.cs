using System.Collections.Immutable;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Partitions;

/// <summary>One partition in memory: its unsealed points and its catalogue, kept up with the store's.</summary>
/// <remarks>
/// <para>
/// Runs are the log and the live table is what replaying it gives. <c>cursor</c> is the last run that was read back from the store; runs that this instance wrote are applied at once and
/// remembered in <c>ahead</c> until the cursor passes them, so that none is applied twice and none of another instance, however interleaved, is missed.
/// </para>
/// <para>
/// Runs are read before the catalogue: a run that is no longer there has been sealed, and the catalogue that says so was durable before the run went.
/// </para>
/// </remarks>
internal sealed class Partition(IRunStore store, SeriesPartition id, TimeProvider time, bool exclusive) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim refreshing = new(1, 1);
    private readonly LiveTable live = new();
    private readonly HashSet<long> ahead = [];
    private Manifest manifest = Manifest.Empty;
    private long? sealedVersion;
    private long cursor;
    private int runs;
    private long oldestRun;

    public SeriesPartition Id { get; } = id;

    /// <summary>One compaction of a partition at a time.</summary>
    public SemaphoreSlim Compacting { get; } = new(1, 1);

    /// <summary>The compaction that a write started, if one did.</summary>
    public Task Background { get; set; } = Task.CompletedTask;

    public (long Points, long Bytes, int Runs, TimeSpan Age) Load
    {
        get
        {
            lock (gate)
            {
                return (live.Points, live.Bytes, runs, runs == 0 ? TimeSpan.Zero : time.GetElapsedTime(oldestRun));
            }
        }
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> payload, RunPoints run, CancellationToken cancellation) =>
        Applied(await store.AppendAsync(Id, payload, cancellation), sequence => live.Apply(run, sequence));

    public async Task AppendAsync(ReadOnlyMemory<byte> payload, Tombstone tombstone, CancellationToken cancellation) =>
        Applied(await store.AppendAsync(Id, payload, cancellation), sequence => live.Apply(tombstone with { Sequence = sequence }));

    /// <summary>Brings memory up to the store: after it, every write is seen that had completed before it began.</summary>
    /// <exception cref="InvalidDataException">A stored run or catalogue row is corrupt.</exception>
    public async Task RefreshAsync(bool everything, CancellationToken cancellation)
    {
        if (exclusive && !everything && sealedVersion is not null)
        {
            return;
        }

        await refreshing.WaitAsync(cancellation);
        try
        {
            await foreach (var run in store.ReadRunsAsync(Id, cursor, cancellation))
            {
                Replay(run);
            }

            var version = await store.GetSealedVersionAsync(Id, cancellation);
            if (version != sealedVersion)
            {
                Adopt(await Manifest.ReadAsync(store, Id, cancellation));
                sealedVersion = version;
            }
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>A field's last live point, and the time until which the series has sealed rows that may have it (null for none).</summary>
    public (TimedValue? Live, long? SealedUntil) Last(SeriesKey series, string field)
    {
        lock (gate)
        {
            var (last, newest) = ((TimedValue?)null, 0L);
            foreach (var points in live.Series.GetValueOrDefault(series)?.Columns.Of(field) ?? [])
            {
                points.Sort();
                var (time, sequence) = (points.MaxTime, points.Sequences[^1]);
                if (last is not { } other || time > other.Time || (time == other.Time && sequence > newest))
                {
                    (last, newest) = (new TimedValue(time, points.Values[points.Count - 1]), sequence);
                }
            }

            return (last, manifest.Find(series)?.MaxTime);
        }
    }

    /// <summary>A field's points from a time until another, that itself within.</summary>
    public FieldView View(SeriesKey series, string field, long from, long last)
    {
        lock (gate)
        {
            ImmutableArray<PointColumn> columns = [];
            foreach (var points in live.Series.GetValueOrDefault(series)?.Columns.Of(field) ?? [])
            {
                if (points.MinTime <= last && points.MaxTime >= from)
                {
                    points.Sort();
                    var slice = points.Slice(points.LowerBound(from), last == long.MaxValue ? points.Count : points.LowerBound(last + 1));
                    columns = slice.Count > 0 ? columns.Add(slice) : columns;
                }
            }

            return new FieldView(columns, manifest.Find(series), TombstonesOf(series).RemoveAll(dead => !dead.Concerns(field)));
        }
    }

    public CompactionView ViewForCompaction()
    {
        lock (gate)
        {
            var through = cursor;
            var points = new Dictionary<SeriesKey, List<(string, PointColumn)>>();
            foreach (var (key, series) in live.Series)
            {
                var columns = new List<(string, PointColumn)>();
                foreach (var (field, column) in series.Columns.All)
                {
                    var copy = column.Through(through);
                    if (copy.Count > 0)
                    {
                        columns.Add((field, copy));
                    }
                }

                if (columns.Count > 0)
                {
                    points.Add(key, columns);
                }
            }

            return new CompactionView(
                through,
                points,
                manifest,
                live.Tombstones.RemoveAll(dead => dead.Sequence > through).AddRange(manifest.Tombstones)
            );
        }
    }

    /// <summary>The series with points, of one measurement or (null) of all, whose tags pass.</summary>
    public void Describe(string? measurement, Func<TagSet, bool>? tags, List<SeriesInfo> found)
    {
        lock (gate)
        {
            foreach (var series in Of(live.Measurements, measurement))
            {
                if (tags is null || tags(series.Key.Tags))
                {
                    found.Add(SeriesDescriber.Describe(this, series, manifest.Find(series.Key)));
                }
            }

            foreach (var series in Of(manifest.Measurements, measurement))
            {
                if ((tags is null || tags(series.Key.Tags)) && !live.Series.ContainsKey(series.Key) && !IsGone(series))
                {
                    found.Add(SeriesDescriber.Describe(this, series));
                }
            }
        }
    }

    /// <summary>The series of a measurement that have these tags and others besides.</summary>
    public List<SeriesKey> FindWider(SeriesKey series)
    {
        lock (gate)
        {
            // Where no series has so many tags none is looked at.
            if (Math.Max(live.MostTags, manifest.MostTags) <= series.Tags.Count)
            {
                return [];
            }

            var wider = new SeriesSelector(series.Measurement, series.Tags);
            return
            [
                .. Of(live.Measurements, series.Measurement)
                    .Select(one => one.Key)
                    .Concat(Of(manifest.Measurements, series.Measurement).Select(one => one.Key))
                    .Where(key => key.Tags.Count > series.Tags.Count && wider.Matches(key))
                    .Distinct(),
            ];
        }
    }

    public SeriesInfo? Describe(SeriesKey key)
    {
        lock (gate)
        {
            var sealedSeries = manifest.Find(key);
            return live.Series.TryGetValue(key, out var series) ? SeriesDescriber.Describe(this, series, sealedSeries)
                : sealedSeries is null || IsGone(sealedSeries) ? null
                : SeriesDescriber.Describe(this, sealedSeries);
        }
    }

    /// <summary>Whether the partition holds any point before a time.</summary>
    public bool HasBefore(long cutoff)
    {
        lock (gate)
        {
            return manifest.Series.Any(series => series.Rows[0].MinTime < cutoff)
                || live.Series.Values.Any(series => series.Columns.All.Any(column => column.Points.MinTime < cutoff));
        }
    }

    public void Dispose()
    {
        refreshing.Dispose();
        Compacting.Dispose();
    }

    private static IEnumerable<T> Of<T>(IReadOnlyDictionary<string, List<T>> measurements, string? measurement) =>
        measurement is null ? measurements.Values.SelectMany(series => series) : measurements.GetValueOrDefault(measurement) ?? [];

    private bool IsGone(SealedSeries series)
    {
        var tombstones = TombstonesOf(series.Key);
        return tombstones.Length > 0
            && series.Rows.All(row => tombstones.Any(dead => dead.CoversAll(row.MinTime, row.MaxTime, row.Sequence)));
    }

    private ImmutableArray<Tombstone> TombstonesOf(SeriesKey series) =>
        live.Tombstones.IsEmpty && manifest.Tombstones.IsEmpty
            ? []
            : [.. live.Tombstones.Concat(manifest.Tombstones).Where(tombstone => tombstone.Selector.Matches(series))];

    private void Applied(long sequence, Action<long> apply)
    {
        lock (gate)
        {
            // At or before the cursor it has been read back already, or another instance has sealed it.
            if (sequence > cursor)
            {
                apply(sequence);
                Counted();
                ahead.Add(sequence);
            }
        }
    }

    private void Replay(StoredRun run)
    {
        var mine = false;
        lock (gate)
        {
            mine = ahead.Remove(run.Sequence);
            cursor = mine ? Math.Max(cursor, run.Sequence) : cursor;
        }

        if (mine)
        {
            return;
        }

        var read = StoredRunReader.Read(run);
        lock (gate)
        {
            if (run.Sequence <= cursor || ahead.Remove(run.Sequence))
            {
                cursor = Math.Max(cursor, run.Sequence);
                return;
            }

            cursor = run.Sequence;
            Counted();
            if (read.Points is { } points)
            {
                live.Apply(points, run.Sequence);
            }
            else if (read.Tombstone is { } tombstone)
            {
                live.Apply(tombstone);
            }
        }
    }

    private void Adopt(Manifest read)
    {
        lock (gate)
        {
            var advanced = read.Through > manifest.Through;
            manifest = read;
            if (read.Through > 0)
            {
                live.RemoveThrough(read.Through);
                ahead.RemoveWhere(sequence => sequence <= read.Through);
                cursor = Math.Max(cursor, read.Through);
                // What is left was written since the sealed version before: while that compaction ran, or after it.
                oldestRun = advanced ? time.GetTimestamp() : oldestRun;
                runs = live.Points == 0 && live.Tombstones.IsEmpty ? 0 : Math.Max(1, ahead.Count);
            }
        }
    }

    private void Counted()
    {
        oldestRun = runs++ == 0 ? time.GetTimestamp() : oldestRun;
    }
}
