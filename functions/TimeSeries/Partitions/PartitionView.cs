using System.Collections.Immutable;
using Serverless.TimeSeries.Catalogue;
using Serverless.TimeSeries.Columns;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Partitions;

/// <summary>What a read of one field sees: copies of its live points, one column a type, and the sealed rows of its series. It stays as it is while the partition goes on.</summary>
internal sealed record FieldView(ImmutableArray<PointColumn> Live, SealedSeries? Sealed, ImmutableArray<Tombstone> Tombstones);

/// <summary>What a compaction sees: copies of all points of the runs up to <paramref name="Through"/>, sorted, and all that is sealed.</summary>
internal sealed record CompactionView(
    long Through,
    Dictionary<SeriesKey, List<(string Field, PointColumn Points)>> Live,
    Manifest Manifest,
    ImmutableArray<Tombstone> Tombstones
);
