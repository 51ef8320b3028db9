using System.Diagnostics.Metrics;

namespace Serverless.Domain.Telemetry;

/// <summary>What the pipeline counts: messages taken, points written, dead letters.</summary>
public static class TelemetryMetrics
{
    public const string MeterName = "Serverless";

    private static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Messages = Meter.CreateCounter<long>("serverless.telemetry.messages", "{message}");

    internal static readonly Counter<long> Points = Meter.CreateCounter<long>("serverless.telemetry.points", "{point}");

    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("serverless.telemetry.dead_letters", "{message}");
}
