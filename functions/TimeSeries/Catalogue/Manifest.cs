using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Catalogue;

/// <summary>A series in the catalogue: its fields, and its rows in the order of their first times.</summary>
internal sealed class SealedSeries(SeriesKey key, IReadOnlyList<FieldInfo> fields, ImmutableArray<RowRef> rows)
{
    public SeriesKey Key { get; } = key;

    /// <summary>By name and then type; often the same object as another series has.</summary>
    public IReadOnlyList<FieldInfo> Fields { get; } = fields;

    public ImmutableArray<RowRef> Rows { get; } = rows;

    /// <summary>The rows in clusters whose times overlap, in order of time; no two have a time in common.</summary>
    public ImmutableArray<RowCluster> Clusters { get; } = RowCluster.Of(rows);

    /// <summary>The last time of all rows.</summary>
    public long MaxTime => Clusters[^1].MaxTime;

    /// <summary>The description of the series where nothing of it is live; null until it is asked for.</summary>
    public SeriesInfo? Info { get; set; }
}

/// <summary>What is sealed in a partition, as its catalogue rows say. Immutable; a new one is read when the partition's sealed version changes.</summary>
internal sealed class Manifest
{
    public static readonly Manifest Empty = new();

    private readonly Dictionary<SeriesKey, SealedSeries> series = [];
    private readonly Dictionary<string, List<SealedSeries>> measurements = new(StringComparer.Ordinal);

    /// <summary>The last run whose points are sealed; 0 when none is.</summary>
    public long Through { get; private init; }

    public ImmutableArray<Tombstone> Tombstones { get; private init; } = [];

    /// <summary>The catalogue rows that it was read from.</summary>
    public ImmutableArray<string> Keys { get; private init; } = [];

    /// <summary>Their bytes together.</summary>
    public long Bytes { get; private init; }

    /// <summary>How many series and rows the catalogue rows mention, as added or removed.</summary>
    public long Stated { get; private init; }

    /// <summary>How many of them there are.</summary>
    public long Standing => series.Values.Sum(one => 1L + one.Rows.Length);

    public IReadOnlyCollection<SealedSeries> Series => series.Values;

    /// <summary>The series of each measurement.</summary>
    public IReadOnlyDictionary<string, List<SealedSeries>> Measurements => measurements;

    /// <summary>The most tags that a series has.</summary>
    public int MostTags { get; private set; }

    public SealedSeries? Find(SeriesKey key) => series.GetValueOrDefault(key);

    public static async Task<Manifest> ReadAsync(IRunStore store, SeriesPartition partition, CancellationToken cancellation)
    {
        var edits = new List<ManifestEdit>();
        var keys = ImmutableArray.CreateBuilder<string>();
        var bytes = 0L;
        await foreach (var row in store.ReadSealedAsync(partition, ManifestEdit.Prefix, ManifestEdit.PrefixEnd, cancellation))
        {
            edits.Add(ManifestEdit.Read(row.Payload.Span));
            keys.Add(row.Key);
            bytes += row.Payload.Length;
        }

        return edits.Count == 0 ? Empty : Union(edits, keys.ToImmutable(), bytes);
    }

    private static Manifest Union(List<ManifestEdit> edits, ImmutableArray<string> keys, long bytes)
    {
        var manifest = new Manifest
        {
            Through = edits.Max(edit => edit.Through),
            Tombstones = Tombstone.Needed(edits.SelectMany(edit => edit.Tombstones)),
            Keys = keys,
            Bytes = bytes,
            Stated = edits.Sum(edit => edit.Series.Sum(one => 1L + one.Added.Count + one.Removed.Count)),
        };
        var building = new Dictionary<SeriesKey, Building>();
        foreach (var edit in edits.SelectMany(edit => edit.Series))
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(building, edit.Series, out _);
            entry ??= new Building();
            entry.Apply(edit);
        }

        IReadOnlyList<FieldInfo> lastFields = [];
        foreach (var (key, entry) in building)
        {
            if (entry.Finish(key, ref lastFields) is { } finished)
            {
                manifest.series.Add(key, finished);
                ref var ofMeasurement = ref CollectionsMarshal.GetValueRefOrAddDefault(manifest.measurements, key.Measurement, out _);
                (ofMeasurement ??= []).Add(finished);
                manifest.MostTags = Math.Max(manifest.MostTags, key.Tags.Count);
            }
        }

        return manifest;
    }

    private sealed class Building
    {
        private readonly List<FieldInfo> fields = [];
        private readonly List<RowRef> added = [];
        private HashSet<RowRef>? removed;

        public void Apply(SeriesEdit edit)
        {
            fields.AddRange(edit.Fields);
            added.AddRange(edit.Added);
            if (edit.Removed.Count > 0)
            {
                (removed ??= []).UnionWith(edit.Removed);
            }
        }

        public SealedSeries? Finish(SeriesKey key, ref IReadOnlyList<FieldInfo> lastFields)
        {
            if (removed is not null)
            {
                added.RemoveAll(removed.Contains);
            }

            if (added.Count == 0)
            {
                return null;
            }

            added.Sort((a, b) => a.MinTime.CompareTo(b.MinTime));
            SortFields();
            lastFields = lastFields.SequenceEqual(fields) ? lastFields : fields;
            return new SealedSeries(key, lastFields, [.. added.Distinct()]);
        }

        /// <summary>Each field once: every edit may have it.</summary>
        private void SortFields()
        {
            fields.Sort(FieldInfo.Order);
            var kept = 0;
            for (var i = 0; i < fields.Count; i++)
            {
                if (kept == 0 || fields[i] != fields[kept - 1])
                {
                    fields[kept++] = fields[i];
                }
            }

            fields.RemoveRange(kept, fields.Count - kept);
        }
    }
}
