using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Alarms;

/// <summary>The events that alarms make, whichever door they come by. Their data is the alarm as it is then (as it was, where it is deleted).</summary>
public static class AlarmEvents
{
    /// <summary>There is an alarm, or one that was cleared is open again.</summary>
    public const string Raised = "serverless.alarm.raised";

    /// <summary>Its severity, status, text or fragments are others. One that is raised once more, and only counts up, makes no event.</summary>
    public const string Changed = "serverless.alarm.changed";

    /// <summary>It is over.</summary>
    public const string Cleared = "serverless.alarm.cleared";

    /// <summary>It was deleted while it was open.</summary>
    public const string Deleted = "serverless.alarm.deleted";

    /// <summary>The event of a change, or null where it makes none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="old">The version that was read, or null for a new alarm.</param>
    /// <param name="next">The new version, or null for a deletion.</param>
    /// <param name="now">When it is changed.</param>
    internal static CloudEvent? Of(string tenant, Stored<Alarm>? old, Alarm? next, DateTimeOffset now)
    {
        if (TypeOf(old?.Value, next) is not { } type)
        {
            return null;
        }

        var alarm = next ?? old!.Value;
        return new CloudEvent(
            IdOf(tenant, alarm.Id, old?.ETag, type, now),
            $"/tenants/{tenant}",
            type,
            $"devices/{alarm.Device}",
            now,
            AlarmJson.ToObject(alarm)
        );
    }

    private static string? TypeOf(Alarm? old, Alarm? next) =>
        next is null
            ? old is { IsOpen: true }
                ? Deleted
                : null
            : old is null
                ? Raised
                : old.IsOpen && !next.IsOpen
                    ? Cleared
                    : !old.IsOpen && next.IsOpen
                        ? Raised
                        : OnlyCounts(old, next)
                            ? null
                            : Changed;

    private static bool OnlyCounts(Alarm old, Alarm next)
    {
        var counted = old with { Count = next.Count, First = next.First, Last = next.Last, Updated = next.Updated };
        return JsonNode.DeepEquals(AlarmJson.ToObject(counted), AlarmJson.ToObject(next));
    }

    /// <summary>What caused it is the change of this version of the alarm.</summary>
    private static string IdOf(string tenant, string alarm, string? version, string type, DateTimeOffset now)
    {
        var cause = string.Create(CultureInfo.InvariantCulture, $"{tenant}\n{alarm}\n{version}\n{type}\n{now.UtcTicks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)).AsSpan(0, 16));
    }
}
