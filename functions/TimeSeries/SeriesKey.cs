using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries;

/// <summary>What names a series in its database: a measurement and a tag set.</summary>
public readonly record struct SeriesKey(string Measurement, TagSet Tags)
{
    public bool Equals(SeriesKey other) =>
        (ReferenceEquals(Tags, other.Tags) || Tags.Equals(other.Tags))
        && string.Equals(Measurement, other.Measurement, StringComparison.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Measurement.GetHashCode(StringComparison.Ordinal), Tags.GetHashCode());

    /// <summary>A hash of the tags that is the same in every process: it orders rows and chooses the shard.</summary>
    internal static ulong StableHash(TagSet tags)
    {
        var hash = 0UL;
        foreach (var (key, value) in tags.Tags)
        {
            hash = Checksum.Combine(Checksum.Combine(hash, Checksum.Of(key)), Checksum.Of(value));
        }

        return hash;
    }
}
