namespace Serverless.InfluxQL.Results;

/// <summary>The parameter epoch: how times are written.</summary>
public static class EpochUnit
{
    /// <summary>Nanoseconds of the unit u, ms, s, m or h; 1 for any other word; 0, which is times as text, for none.</summary>
    public static long Nanoseconds(string epoch) =>
        epoch switch
        {
            "" => 0,
            "u" or "µ" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 1,
        };
}
