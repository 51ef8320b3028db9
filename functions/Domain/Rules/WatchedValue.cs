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

/// <summary>A value that a rule watches, or its absence.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Device">The device's id.</param>
/// <param name="Time">The value's time in nanoseconds since 1970; without a value, that of the last one.</param>
/// <param name="Value">The value; the default where there is none.</param>
/// <param name="Kind">Which of it.</param>
internal readonly record struct WatchedValue(Rule Rule, string Device, long Time, FieldValue Value, Observation Kind = Observation.Value);
