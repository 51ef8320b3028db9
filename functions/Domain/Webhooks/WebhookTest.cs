using System.Text.Json.Nodes;
using Serverless.Domain.Events;
using Serverless.Domain.Rules;

namespace Serverless.Domain.Webhooks;

/// <summary>The event by which an admin tries a webhook.</summary>
public static class WebhookTest
{
    public const string Type = "serverless.webhook.test";

    /// <summary>An event that is like no other.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="webhook">The webhook.</param>
    /// <param name="rule">The rule whose crossings the webhook gets, which its form may write of; null where there is none.</param>
    /// <param name="now">What the clock says.</param>
    public static CloudEvent For(string tenant, Webhook webhook, Rule? rule, DateTimeOffset now)
    {
        var data = new JsonObject { ["webhook"] = webhook.Id };
        if (rule is not null)
        {
            (data["rule"], data["dialect"], data["fragments"]) = (rule.Id, rule.Dialect, rule.Fragments?.DeepClone());
        }

        return new CloudEvent(Guid.CreateVersion7(now).ToString(), $"/tenants/{tenant}", Type, $"webhooks/{webhook.Id}", now, data);
    }
}
