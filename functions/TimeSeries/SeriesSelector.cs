using Serverless.Domain.Series;

namespace Serverless.TimeSeries;

/// <summary>Series by measurement and tags. The default selects every series.</summary>
/// <param name="Measurement">The measurement, or null for any.</param>
/// <param name="Tags">Tags that a series must have, among others that it may have; null or empty for any.</param>
/// <param name="IsWhole">The tags are all that the series has: with a measurement it is one series.</param>
public readonly record struct SeriesSelector(string? Measurement = null, TagSet? Tags = null, bool IsWhole = false)
{
    internal bool IsAll => Measurement is null && !IsWhole && Tags is null or { Count: 0 };

    /// <summary>Whether the series is one of those selected.</summary>
    public bool Matches(SeriesKey series)
    {
        if ((Measurement is not null && Measurement != series.Measurement) || (IsWhole && series.Tags.Count != (Tags?.Count ?? 0)))
        {
            return false;
        }

        foreach (var (key, value) in (Tags ?? TagSet.Empty).Tags)
        {
            if (series.Tags[key] != value)
            {
                return false;
            }
        }

        return true;
    }
}
