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
    public bool Overlaps(RowRef other) => MinTime <= other.MaxTime && other.MinTime <= MaxTime;

    /// <summary>The row's key: tag set, window, measurement, so that a device's day is one range of keys.</summary>
    public string Key(ulong tagsHash, ulong measurementHash) =>
        $"r|{tagsHash:x16}|{(ulong)Window.Start ^ (1UL << 63):x16}{Window.Level}|{measurementHash:x16}|{Sequence:x16}{Compaction:x8}|{Part:x4}";

    public string Key(SeriesKey series) => Key(SeriesKey.StableHash(series.Tags), Checksum.Of(series.Measurement));

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
