namespace Serverless.Domain.Tenants;

/// <summary>The limits of Conduit's API in a tenant. 0 is no limit.</summary>
/// <remarks>The defaults are those of the vendor's article on V6; its later pages have limits by plan, such as a request in 10 seconds, 1,000 records and 31 days.</remarks>
public sealed record ConduitSettings
{
    /// <summary>A token may read once in so many seconds, whichever instance it asks.</summary>
    public double ReadSeconds { get; init; } = 15;

    /// <summary>Writes of a token in a second, per instance.</summary>
    public int WritesPerSecond { get; init; } = 100;

    /// <summary>Data points of an answer; those beyond are left out, the newest first.</summary>
    public int MaxPoints { get; init; } = 10_000;

    /// <summary>Days between fcdt and tcdt.</summary>
    public int MaxRangeDays { get; init; }

    /// <summary>Bytes of an answer before compression.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;
}
