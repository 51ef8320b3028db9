using System.Globalization;
using Serverless.Domain.Series;

namespace Serverless.Azure.TableStorage;

/// <summary>The keys of one partition of series. The parts of a name stand between tildes, which escaping leaves free.</summary>
internal sealed class PartitionKeys
{
    /// <summary>The partition of the table that lists all partitions of series.</summary>
    public const string Directory = "partitions";

    public const string Head = "a-head";
    public const string Version = "a-version";
    public const string StateFrom = "a-";
    public const string StateBefore = "a.";
    public const string RunsBefore = "r.";

    private const string FencePrefix = "a-fence-";
    private const string WriterPrefix = "a-writer-";
    private const string RunPrefix = "r-";
    private const string RowPrefix = "s-";
    private const string RowsBefore = "s.";

    public PartitionKeys(SeriesPartition partition)
    {
        Name = KeyEscape.Checked($"{KeyEscape.Escape(partition.Tenant)}~{KeyEscape.Escape(partition.Database)}~{partition.Shard:x}");
        Runs = KeyEscape.Checked($"{Name}~r");
        Rows = KeyEscape.Checked($"{Name}~s");
    }

    /// <summary>The row key in the directory.</summary>
    public string Name { get; }

    /// <summary>The partition key of runs, and of what numbers them.</summary>
    public string Runs { get; }

    /// <summary>The partition key of sealed rows.</summary>
    public string Rows { get; }

    public static string Fence(long generation) => $"{FencePrefix}{generation:x16}";

    public static string Writer(string id) => $"{WriterPrefix}{id}";

    public static string Run(long sequence) => $"{RunPrefix}{sequence:x16}";

    public static string Row(string key) => KeyEscape.Checked(RowPrefix + KeyEscape.Escape(key));

    /// <summary>The row keys of sealed rows with from ≤ key &lt; to.</summary>
    public static (string From, string Before) RowRange(string? from, string? to) =>
        (from is null ? RowPrefix : Row(from), to is null ? RowsBefore : Row(to));

    public static long? GenerationOf(string rowKey) => Number(rowKey, FencePrefix);

    public static long SequenceOf(string rowKey) =>
        Number(rowKey, RunPrefix) ?? throw new InvalidDataException($"{rowKey} is no run's key.");

    public static string? WriterOf(string rowKey) =>
        rowKey.StartsWith(WriterPrefix, StringComparison.Ordinal) ? rowKey[WriterPrefix.Length..] : null;

    public static string SealedKeyOf(string rowKey) => KeyEscape.Unescape(rowKey.AsSpan(RowPrefix.Length));

    /// <summary>The directory's row keys of a tenant, or of all.</summary>
    public static (string From, string Before) DirectoryRange(string? tenant) =>
        tenant is null ? ("!", "~~~~") : ($"{KeyEscape.Escape(tenant)}~", $"{KeyEscape.Escape(tenant)}~~~");

    public static SeriesPartition PartitionOf(string name)
    {
        var parts = name.Split('~');
        return new SeriesPartition(
            KeyEscape.Unescape(parts[0]),
            KeyEscape.Unescape(parts[1]),
            int.Parse(parts[2], NumberStyles.AllowHexSpecifier)
        );
    }

    private static long? Number(string rowKey, string prefix) =>
        rowKey.StartsWith(prefix, StringComparison.Ordinal)
            ? long.Parse(rowKey.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier)
            : null;
}
