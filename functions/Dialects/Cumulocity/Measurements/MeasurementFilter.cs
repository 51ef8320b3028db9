namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Which measurements are wanted; what is null does not matter.</summary>
/// <param name="From">The first time, in nanoseconds since 1970.</param>
/// <param name="To">The time before which they end; <see cref="long.MaxValue"/> for no end.</param>
internal sealed record MeasurementFilter(long From = long.MinValue, long To = long.MaxValue)
{
    public string? Type { get; init; }

    /// <summary>A fragment with series that they have.</summary>
    public string? ValueFragment { get; init; }

    /// <summary>A series that <see cref="ValueFragment"/> has, or where that is null any fragment.</summary>
    public string? ValueSeries { get; init; }

    /// <summary>A fragment of whatever kind that they have.</summary>
    public string? Fragment { get; init; }

    /// <summary>Whether it is no more than a range of time.</summary>
    public bool IsRange => Type is null && ValueFragment is null && ValueSeries is null && Fragment is null;

    /// <summary>Whether a measurement of the range is wanted.</summary>
    public bool Matches(Measurement measurement) =>
        (Type is null || measurement.Type == Type)
        && (Fragment is null || measurement.Has(Fragment))
        && (
            (ValueFragment is null && ValueSeries is null)
            || measurement
                .Series()
                .Any(series =>
                    (ValueFragment is null || series.Fragment == ValueFragment) && (ValueSeries is null || series.Series == ValueSeries)
                )
        );
}

/// <summary>The place of a measurement in a list: by time, then device, then form.</summary>
internal readonly record struct MeasurementPlace(long Time, string Device, string Form)
{
    public static MeasurementPlace Of(Measurement measurement) => new(measurement.Time, measurement.Device, measurement.Form);

    /// <summary>Whether it comes after another.</summary>
    public bool IsAfter(MeasurementPlace other, bool descending)
    {
        var order = Time.CompareTo(other.Time);
        order = order != 0 ? order : Compare(Device, other.Device);
        order = order != 0 ? order : string.CompareOrdinal(Form, other.Form);
        return descending ? order < 0 : order > 0;
    }

    public override string ToString() => $"{Time} {Device} {Form}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static MeasurementPlace Parse(string text)
    {
        var parts = text.Split(' ');
        return new MeasurementPlace(long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1], parts[2]);
    }

    /// <summary>Ids are numbers without leading zeros: the shorter is the smaller.</summary>
    public static int Compare(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
}
