using Serverless.Domain.Events;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Rules;

/// <summary>What a cloud has told of thresholds.</summary>
internal static class RuleEvents
{
    /// <summary>The events of crossings. One that is published again, with its id, is none.</summary>
    public static CloudEvent[] Thresholds(this TestCloud cloud) =>
        [
            .. cloud
                .Events.Events.Where(told => told.Type.StartsWith("serverless.threshold.", StringComparison.Ordinal))
                .DistinctBy(told => told.Id),
        ];

    /// <summary>Their types' last words.</summary>
    public static string Words(this TestCloud cloud, string? device = null) =>
        string.Join(
            ' ',
            cloud.Thresholds().Where(told => device is null || told.Subject == $"devices/{device}").Select(told => told.Type.Split('.')[^1])
        );
}
