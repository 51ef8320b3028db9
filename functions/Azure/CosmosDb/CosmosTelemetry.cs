using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Telemetry;

namespace Serverless.Azure.CosmosDb;

/// <summary>What requests to Cosmos DB cost: a histogram of request units by operation and status, and a line of the debug log for
/// each.</summary>
internal static partial class CosmosTelemetry
{
    private static readonly Meter Meter = new(TelemetryMetrics.MeterName);

    private static readonly Histogram<double> RequestUnits = Meter.CreateHistogram<double>(
        "serverless.cosmos.request_units",
        "{request_unit}"
    );

    public static void Record(ILogger logger, string operation, string partition, HttpStatusCode status, double charge)
    {
        RequestUnits.Record(
            charge,
            new KeyValuePair<string, object?>("operation", operation),
            new KeyValuePair<string, object?>("status", (int)status)
        );
        Charged(logger, operation, partition, (int)status, charge);
    }

    [LoggerMessage(1, LogLevel.Debug, "Cosmos DB answered {Operation} in {Partition} with {Status} for {Charge} request units.")]
    private static partial void Charged(ILogger logger, string operation, string partition, int status, double charge);

    [LoggerMessage(2, LogLevel.Warning, "The order {Order} of {Kind} has no index: {Count} documents were read to sort them.")]
    public static partial void Sorted(ILogger logger, string order, string kind, int count);

    [LoggerMessage(3, LogLevel.Warning, "The outcome of a commit to {Partition} is unknown; it is looked up.")]
    public static partial void Unknown(ILogger logger, string partition, Exception? exception);
}
