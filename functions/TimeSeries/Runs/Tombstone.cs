using System.Collections.Immutable;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Runs;

/// <summary>A deletion: the selected series' points with from ≤ time ≤ to that were written before it.</summary>
/// <param name="Sequence">The run that it is; points of lower sequences are deleted.</param>
/// <param name="Created">When it was made, in ticks of UTC: how long it is remembered after compaction.</param>
/// <param name="Selector">The series.</param>
/// <param name="From">The first time, in nanoseconds.</param>
/// <param name="To">The last time, in nanoseconds, itself deleted too.</param>
internal sealed record Tombstone(long Sequence, long Created, SeriesSelector Selector, long From, long To)
{
    private const int HasMeasurement = 1;
    private const int IsWhole = 2;
    private const int HasField = 4;
    private const int HasTimes = 8;

    /// <summary>The only field whose points are deleted; null for all.</summary>
    public string? Field { get; init; }

    /// <summary>The only times, ascending, whose points are deleted; empty for all from the first to the last.</summary>
    public ImmutableArray<long> Times { get; init; } = [];

    /// <summary>Whether it concerns a field of the series that it selects.</summary>
    public bool Concerns(string field) => Field is null || Field == field;

    public bool Covers(long time, long sequence) =>
        sequence < Sequence && time >= From && time <= To && (Times.IsEmpty || Times.BinarySearch(time) >= 0);

    /// <summary>Whether any point of a range might be deleted.</summary>
    public bool Touches(long minTime, long maxTime, long sequence) =>
        sequence < Sequence && minTime <= To && maxTime >= From && (Times.IsEmpty || HasTimeIn(minTime, maxTime));

    /// <summary>Whether every point of a range is deleted, whatever its field.</summary>
    public bool CoversAll(long minTime, long maxTime, long sequence) =>
        Field is null && Times.IsEmpty && sequence < Sequence && minTime >= From && maxTime <= To;

    /// <summary>Whether this deletes, of all series, what an earlier deletion does: then the earlier one need not be remembered. So each that retention makes does with the one before it.</summary>
    public bool Includes(Tombstone earlier) => IsOfAll && Sequence > earlier.Sequence && From <= earlier.From && To >= earlier.To;

    /// <summary>Each deletion once, without those that a later one includes.</summary>
    public static ImmutableArray<Tombstone> Needed(IEnumerable<Tombstone> tombstones)
    {
        var needed = ImmutableArray.CreateBuilder<Tombstone>();
        var ofAll = new List<Tombstone>();
        foreach (var tombstone in tombstones.DistinctBy(tombstone => tombstone.Sequence).OrderByDescending(tombstone => tombstone.Sequence))
        {
            if (ofAll.Exists(later => later.Includes(tombstone)))
            {
                continue;
            }

            needed.Add(tombstone);
            if (tombstone.IsOfAll)
            {
                ofAll.Add(tombstone);
            }
        }

        return needed.ToImmutable();
    }

    public void Write(ByteWriter writer)
    {
        writer.Signed(Sequence);
        writer.Signed(Created);
        writer.Signed(From);
        writer.Signed(To);
        var flags = (Selector.Measurement is null ? 0 : HasMeasurement) | (Selector.IsWhole ? IsWhole : 0);
        writer.Byte((byte)(flags | (Field is null ? 0 : HasField) | (Times.IsEmpty ? 0 : HasTimes)));
        if (Selector.Measurement is not null)
        {
            writer.Text(Selector.Measurement);
        }

        SeriesText.WriteTags(writer, Selector.Tags ?? TagSet.Empty);
        if (Field is not null)
        {
            writer.Text(Field);
        }

        if (!Times.IsEmpty)
        {
            writer.Unsigned((ulong)Times.Length);
            var before = From;
            foreach (var time in Times)
            {
                writer.Unsigned((ulong)(time - before));
                before = time;
            }
        }
    }

    public static Tombstone Read(ref ByteReader reader)
    {
        var (sequence, created, from, to) = (reader.Signed(), reader.Signed(), reader.Signed(), reader.Signed());
        var flags = reader.Byte();
        var measurement = (flags & HasMeasurement) == 0 ? null : reader.Text();
        var selector = new SeriesSelector(measurement, SeriesText.ReadTags(ref reader), (flags & IsWhole) != 0);
        var field = (flags & HasField) == 0 ? null : reader.Text();
        var times = (flags & HasTimes) == 0 ? [] : new long[reader.Count(reader.Remaining)];
        var before = from;
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = before = unchecked(before + (long)reader.Unsigned());
        }

        return new Tombstone(sequence, created, selector, from, to) { Field = field, Times = [.. times] };
    }

    private bool IsOfAll => Selector.IsAll && Field is null && Times.IsEmpty;

    private bool HasTimeIn(long minTime, long maxTime)
    {
        var place = Times.BinarySearch(minTime);
        return place >= 0 || (~place < Times.Length && Times[~place] <= maxTime);
    }
}
