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

    public bool Covers(long time, long sequence) => sequence < Sequence && time >= From && time <= To;

    /// <summary>Whether any point of a range might be deleted.</summary>
    public bool Touches(long minTime, long maxTime, long sequence) => sequence < Sequence && minTime <= To && maxTime >= From;

    public bool CoversAll(long minTime, long maxTime, long sequence) => sequence < Sequence && minTime >= From && maxTime <= To;

    /// <summary>Whether this deletes, of all series, what an earlier deletion does: then the earlier one need not be remembered. So each that retention makes does with the one before it.</summary>
    public bool Includes(Tombstone earlier) => Selector.IsAll && Sequence > earlier.Sequence && From <= earlier.From && To >= earlier.To;

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
            if (tombstone.Selector.IsAll)
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
        writer.Byte((byte)((Selector.Measurement is null ? 0 : HasMeasurement) | (Selector.IsWhole ? IsWhole : 0)));
        if (Selector.Measurement is not null)
        {
            writer.Text(Selector.Measurement);
        }

        SeriesText.WriteTags(writer, Selector.Tags ?? TagSet.Empty);
    }

    public static Tombstone Read(ref ByteReader reader)
    {
        var (sequence, created, from, to) = (reader.Signed(), reader.Signed(), reader.Signed(), reader.Signed());
        var flags = reader.Byte();
        var measurement = (flags & HasMeasurement) == 0 ? null : reader.Text();
        var selector = new SeriesSelector(measurement, SeriesText.ReadTags(ref reader), (flags & IsWhole) != 0);
        return new Tombstone(sequence, created, selector, from, to);
    }
}
