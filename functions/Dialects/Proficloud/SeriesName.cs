using Serverless.Domain.Telemetry;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Proficloud;

/// <summary>How Proficloud names a time series: auto~temp is the field value of measurement temp; any other name is a measurement with all its fields.</summary>
/// <param name="Text">The name as the caller wrote it, and as the answer repeats it.</param>
internal readonly record struct SeriesName(string Text)
{
    private const string Automatic = "auto~";

    private bool IsAutomatic => Text.StartsWith(Automatic, StringComparison.Ordinal);

    public string Measurement => IsAutomatic ? Text[Automatic.Length..] : Text;

    /// <summary>Those of a series' fields that the name shows, each once, in order.</summary>
    public IReadOnlyList<string> FieldsOf(SeriesInfo series)
    {
        var names = series.Fields.Select(field => field.Name).Distinct(StringComparer.Ordinal);
        return IsAutomatic ? [.. names.Where(name => name == Readings.ValueField)] : [.. names];
    }
}
