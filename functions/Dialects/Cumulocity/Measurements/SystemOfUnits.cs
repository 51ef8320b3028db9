using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>A conversion of a unit: the value less what comes before, times the factor, through the divisor, plus the offset. So each is reckoned by the number that defines it, and 3.048 m are 10 ft.</summary>
internal sealed record UnitConversion(string Unit, double Factor, double Divisor, double Before = 0, double Offset = 0)
{
    public double Of(double value) => Scale(value - Before) + Offset;

    public double Of(JsonNode value) => Of(JsonSerializer.SerializeToElement(value, CumulocityJson.Default.JsonNode).GetDouble());

    /// <summary>The sum of so many values that are converted.</summary>
    public double OfSum(double sum, long count) => Scale(sum - (count * Before)) + (count * Offset);

    /// <summary>A difference between values, such as a standard deviation.</summary>
    public double Scale(double difference) => difference * Factor / Divisor;
}

/// <summary>The system of units that a reader asks for by a header (reference 1.1). A unit that the table does not have stays as it is, and so does everything where nobody asks.</summary>
internal sealed class SystemOfUnits
{
    private const string Header = "X-Cumulocity-System-Of-Units";

    // The vendor's documentation names these pairs.
    private static readonly (string[] Metric, string[] Imperial, double Factor, double Divisor, double Offset)[] Pairs =
    [
        (["m"], ["ft"], 1, 0.3048, 0),
        (["km"], ["mi"], 1, 1.609344, 0),
        (["cm"], ["in"], 1, 2.54, 0),
        (["C", "°C", "ºC"], ["F", "°F", "ºF"], 1.8, 1, 32),
        (["K"], ["°R", "ºR"], 1.8, 1, 0),
        (["g"], ["oz"], 1, 28.349523125, 0),
        (["kg"], ["lb"], 1, 0.45359237, 0),
    ];

    private static readonly FrozenDictionary<string, UnitConversion> ToImperial = Pairs
        .SelectMany(pair =>
            pair.Metric.Select(
                (unit, i) => (Unit: unit, To: new UnitConversion(Same(pair.Imperial, i), pair.Factor, pair.Divisor, Offset: pair.Offset))
            )
        )
        .ToFrozenDictionary(entry => entry.Unit, entry => entry.To);

    private static readonly FrozenDictionary<string, UnitConversion> ToMetric = Pairs
        .SelectMany(pair =>
            pair.Imperial.Select(
                (unit, i) => (Unit: unit, To: new UnitConversion(Same(pair.Metric, i), pair.Divisor, pair.Factor, Before: pair.Offset))
            )
        )
        .ToFrozenDictionary(entry => entry.Unit, entry => entry.To);

    private readonly FrozenDictionary<string, UnitConversion>? table;

    /// <summary>Values as they are.</summary>
    public static readonly SystemOfUnits None = new(null);

    private static readonly SystemOfUnits Imperial = new(ToImperial);
    private static readonly SystemOfUnits Metric = new(ToMetric);

    private SystemOfUnits(FrozenDictionary<string, UnitConversion>? table) => this.table = table;

    /// <summary>What a request asks for.</summary>
    /// <exception cref="CumulocityException">There is no such system.</exception>
    public static SystemOfUnits Of(CumulocityRequest request) =>
        Named(request.Context.Request.Headers[Header].ToString()) ?? throw request.Invalid($"{Header} is imperial or metric.");

    /// <summary>The system of a name, or null where there is none; nothing is the name of values as they are.</summary>
    public static SystemOfUnits? Named(string? name) =>
        name?.Trim().ToLowerInvariant() switch
        {
            null or "" => None,
            "imperial" => Imperial,
            "metric" => Metric,
            _ => null,
        };

    /// <summary>How values of a unit are converted, or null where they stay.</summary>
    public UnitConversion? Find(string? unit) => unit is null ? null : table?.GetValueOrDefault(unit);

    /// <summary>The measurement in these units.</summary>
    public Measurement Convert(Measurement measurement)
    {
        if (table is null)
        {
            return measurement;
        }

        var converted = measurement with { Fragments = (JsonObject)measurement.Fragments.DeepClone() };
        foreach (var (_, _, quantity) in converted.Series().ToList())
        {
            if (quantity["unit"] is JsonValue unit && unit.TryGetValue<string>(out var name) && Find(name) is { } conversion)
            {
                quantity["value"] = MeasurementJson.NumberOf(conversion.Of(quantity["value"]!));
                quantity["unit"] = conversion.Unit;
            }
        }

        return converted;
    }

    /// <summary>The way of writing a unit that goes with one of the other system's.</summary>
    private static string Same(string[] names, int index) => names[Math.Min(index, names.Length - 1)];
}
