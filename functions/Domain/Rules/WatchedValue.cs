using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>What a rule is held against.</summary>
internal enum Observation : byte
{
    /// <summary>A value has come.</summary>
    Value,

    /// <summary>No value has come since a time, as far as the series know.</summary>
    Silence,

    /// <summary>The rule does not watch the device any more.</summary>
    Departure,
}

/// <summary>A value that rules watch, or its absence.</summary>
/// <param name="Standings">How the rules stand with its device.</param>
/// <param name="Time">The value's time in nanoseconds since 1970; without a value, that of the last one.</param>
/// <param name="Value">The value; the default where there is none.</param>
/// <param name="Kind">Which of it.</param>
internal readonly record struct WatchedValue(RuleStanding[] Standings, long Time, FieldValue Value, Observation Kind = Observation.Value)
{
    /// <summary>Values that came at once, in the order in which they were measured: a device may send what it has kept with the newest first. Of one time the first to come stays first.</summary>
    public static IReadOnlyList<WatchedValue> InOrder(List<WatchedValue> values)
    {
        for (var i = 1; i < values.Count; i++)
        {
            if (values[i].Time < values[i - 1].Time)
            {
                return [.. values.OrderBy(value => value.Time)];
            }
        }

        return values;
    }
}
