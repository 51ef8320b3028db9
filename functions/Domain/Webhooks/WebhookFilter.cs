using System.Text.Json.Nodes;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;

namespace Serverless.Domain.Webhooks;

/// <summary>Which events a webhook gets.</summary>
public static class WebhookFilter
{
    private const string DeviceSubject = "devices/";

    /// <summary>The id of the device that an event is about, or null where it is about none.</summary>
    public static string? DeviceOf(CloudEvent cloudEvent) =>
        cloudEvent.Subject.StartsWith(DeviceSubject, StringComparison.Ordinal) ? cloudEvent.Subject[DeviceSubject.Length..] : null;

    /// <summary>The id of the rule whose crossing an event tells of, or null where it tells of none.</summary>
    public static string? RuleOf(CloudEvent cloudEvent) =>
        cloudEvent.Type.StartsWith(CrossingEffects.TypePrefix, StringComparison.Ordinal)
        && cloudEvent.Data["rule"] is JsonValue named
        && named.TryGetValue<string>(out var rule)
            ? rule
            : null;

    /// <summary>Whether the webhook gets events of this type.</summary>
    public static bool TakesType(Webhook webhook, string type) =>
        webhook.Types.Count == 0 || webhook.Types.Any(pattern => WildcardPattern.Matches(pattern, type));

    /// <summary>Whether the webhook gets events of this device.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="device">The device's id, or null for an event that is about none.</param>
    /// <param name="group">The device's group, or null.</param>
    public static bool TakesDevice(Webhook webhook, string? device, string? group) =>
        (webhook.Devices.Count == 0 && webhook.Groups.Count == 0)
        || (device is not null && webhook.Devices.Contains(device))
        || (group is not null && webhook.Groups.Contains(group));
}
