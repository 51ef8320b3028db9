using System.ComponentModel.DataAnnotations;

namespace Serverless.TimeSeries;

/// <summary>How a <see cref="SeriesStore"/> divides, seals and caches.</summary>
public sealed class SeriesOptions
{
    /// <summary>Partitions of a database, by tag set. It must not change while a database holds points. Default 1.</summary>
    [Range(1, 1024)]
    public int Shards { get; set; } = 1;

    /// <summary>
    /// Whether no other process writes to the store. Reads then spare looking for runs and rows of others. Default false.
    /// </summary>
    public bool Exclusive { get; set; }

    /// <summary>Points of a partition that are not yet sealed, beyond which a compaction starts by itself. Writers wait for it at four times as many. Default 500,000.</summary>
    [Range(1, 50_000_000)]
    public int MaxLivePoints { get; set; } = 500_000;

    /// <summary>Bytes of a partition's unsealed points, counted likewise. Default 64 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxLiveBytes { get; set; } = 64 << 20;

    /// <summary>Runs of a partition beyond which <see cref="SeriesStore.MaintainAsync"/> compacts. Default 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int MaxRuns { get; set; } = 1000;

    /// <summary>The age of the oldest unsealed run at which <see cref="SeriesStore.MaintainAsync"/> compacts. Default one hour.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a deletion is remembered after it has been applied, against a compaction that began before it and ends after it. Default one day.</summary>
    public TimeSpan TombstoneMemory { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Points of a sealed block. Default 4,096, which is also the most.</summary>
    [Range(1, 4096)]
    public int BlockPoints { get; set; } = 4096;

    /// <summary>Bytes of sealed rows that are kept in memory. Default 64 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long CacheBytes { get; set; } = 64 << 20;

    /// <summary>
    /// How many rows of a window and about one size a compaction lets gather before it merges them. More are fewer requests, and more rows to read. Default 1: each compaction merges.
    /// </summary>
    [Range(1, 100)]
    public int MergeRows { get; set; } = 1;

    /// <summary>
    /// Whether a row that is not in memory is read with all of its tag set's window: for a store where a request costs more than the bytes that it brings. Default false.
    /// </summary>
    public bool ReadsWindows { get; set; }
}
