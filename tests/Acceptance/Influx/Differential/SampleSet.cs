namespace Serverless.Acceptance.Tests.Influx.Differential;

/// <summary>Points that both servers hold, as far as the generator of queries knows them.</summary>
/// <param name="Measurements">The measurements; one is as likely as its weight.</param>
/// <param name="Several">Sources of several measurements.</param>
/// <param name="Literals">Numbers to compare and calculate with.</param>
/// <param name="NoNumbers">Names to ask for seldom where a number should be.</param>
/// <param name="IsLarge">Whether rows without windows must be limited.</param>
internal sealed record SampleSet(
    SampleMeasurement[] Measurements,
    string[] Several,
    string[] Literals,
    string[] NoNumbers,
    bool IsLarge = false
);

/// <summary>A tag and values of it that conditions ask for.</summary>
internal sealed record SampleTag(string Key, params string[] Values);

/// <summary>A length of time to ask for, at least and less than, in seconds, and intervals that are sensible in it.</summary>
internal sealed record SampleSpan(int Min, int Max, params string[] Intervals);

/// <summary>A measurement, its fields and tags as they stand in a query.</summary>
internal sealed record SampleMeasurement(string Name, int Weight)
{
    /// <summary>Float and integer fields.</summary>
    public string[] Numbers { get; init; } = [];

    /// <summary>Boolean and string fields.</summary>
    public string[] Others { get; init; } = [];

    public SampleTag[] Tags { get; init; } = [];

    /// <summary>Where ranges begin: the earliest second, and how many seconds later at most.</summary>
    public required (long From, int Room)[] Starts { get; init; }

    public required SampleSpan[] Spans { get; init; }

    /// <summary>Whether clocks change in it.</summary>
    public bool HasZones { get; init; }

    /// <summary>Whether inner SELECTs and several sources are asked of it.</summary>
    public bool IsRich { get; init; } = true;
}
