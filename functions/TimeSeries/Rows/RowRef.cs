using System.Globalization;
using System.Runtime.InteropServices;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Rows;

/// <summary>Where a sealed row is and what it spans, without its series. A row is never rewritten in place: every compaction makes rows of a name of its own.</summary>
/// <param name="Window">The window of its points.</param>
/// <param name="Sequence">The last run that was sealed when it was made.</param>
/// <param name="Compaction">A random number of the compaction that made it, since two may run at once on two instances.</param>
/// <param name="Part">0, 1, ... where a window did not fit in one row.</param>
/// <param name="MinTime">Its first time.</param>
/// <param name="MaxTime">Its last time.</param>
/// <param name="Points">Its points, of all fields.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowRef(Window Window, long Sequence, uint Compaction, int Part, long MinTime, long MaxTime, int Points)
{
    /// <summary>Characters of a key up to the bar behind the window.</summary>
    private const int WindowLength = 37;

    public bool Overlaps(RowRef other) => MinTime <= other.MaxTime && other.MinTime <= MaxTime;

    /// <summary>The row's key: tag set, window, measurement, so that a device's day is one range of keys.</summary>
    public string Key(ulong tagsHash, ulong measurementHash) =>
        $"r|{tagsHash:x16}|{(ulong)Window.Start ^ (1UL << 63):x16}{Window.Level}|{measurementHash:x16}|{Sequence:x16}{Compaction:x8}|{Part:x4}";

    public string Key(SeriesKey series) => Key(SeriesKey.StableHash(series.Tags), Checksum.Of(series.Measurement));

    /// <summary>The keys of all rows of one tag set and window, as those from the first until before the second.</summary>
    public (string From, string To) WindowKeys(SeriesKey series)
    {
        var key = Key(series);
        return (key[..WindowLength], key[..(WindowLength - 1)] + (char)('|' + 1));
    }

    /// <summary>The reference to a row that was found by its key.</summary>
    public static RowRef Of(string key, SealedRowData row)
    {
        var start = (long)(ulong.Parse(key.AsSpan(19, 16), NumberStyles.AllowHexSpecifier) ^ (1UL << 63));
        var (min, max, points) = (long.MaxValue, long.MinValue, 0);
        foreach (var block in row.Columns.SelectMany(column => column.Blocks))
        {
            (min, max, points) = (Math.Min(min, block.MinTime), Math.Max(max, block.MaxTime), points + block.Count);
        }

        return new RowRef(
            Window.Of((byte)(key[35] - '0'), start),
            row.Sequence,
            uint.Parse(key.AsSpan(70, 8), NumberStyles.AllowHexSpecifier),
            int.Parse(key.AsSpan(79), NumberStyles.AllowHexSpecifier),
            min,
            max,
            points
        );
    }

    public void Write(ByteWriter writer)
    {
        writer.Byte(Window.Level);
        writer.Signed(Window.Index);
        writer.Signed(Sequence);
        writer.Unsigned(Compaction);
        writer.Unsigned((ulong)Part);
        writer.Signed(MinTime);
        writer.Unsigned((ulong)(MaxTime - MinTime));
        writer.Unsigned((ulong)Points);
    }

    public static RowRef Read(ref ByteReader reader)
    {
        var window = new Window(reader.Byte(), reader.Signed());
        var (sequence, compaction, part) = (reader.Signed(), (uint)reader.Unsigned(), reader.Count(int.MaxValue));
        var min = reader.Signed();
        var max = min + (long)reader.Unsigned();
        return window.Level <= Window.Longest
            ? new RowRef(window, sequence, compaction, part, min, max, reader.Count(int.MaxValue))
            : throw ByteReader.Corrupt("a window's level");
    }
}
