using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Domain.Rules;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>
/// What makes an event fire: for each that is enabled a rule of the domain on the devices of its channel, and for each of type http a webhook that gets that rule's crossings in this API's form.
/// </summary>
/// <remarks>
/// [I] It fires once when the threshold is crossed, and again when the value has come back over it in between: not with each value. An event of type email is told as other thresholds are; mail is not sent.
/// </remarks>
internal sealed class EventRules(EventDirectory events, ChannelDirectory channels, RuleDirectory rules, WebhookDirectory webhooks)
{
    public static string RuleOf(int number) => $"{ThingScaleDialect.DialectName}-{number}";

    public static string WebhookOf(int number) => $"{ThingScaleDialect.DialectName}-event-{number}";

    /// <summary>Brings what belongs to an event in line with it, or removes it where the event is gone. Doing it again changes nothing.</summary>
    public async Task ApplyAsync(string tenant, int number, CancellationToken cancellation)
    {
        while (true)
        {
            var stored = await events.FindAsync(tenant, number, cancellation);
            await ApplyAsync(tenant, number, stored?.Value, cancellation);

            // Who has changed the event meanwhile brings it in line too, but perhaps has done so before this.
            var now = await events.FindAsync(tenant, number, cancellation);
            if (now?.ETag == stored?.ETag)
            {
                return;
            }
        }
    }

    /// <summary>Brings the events of a channel in line with its name.</summary>
    public async Task ApplyChannelAsync(string tenant, int channel, CancellationToken cancellation)
    {
        await foreach (var one in events.ListAsync(tenant, cancellation))
        {
            if (one.Value.Channel == channel && one.Value.Enabled)
            {
                await ApplyAsync(tenant, one.Value.Number, cancellation);
            }
        }
    }

    private async Task ApplyAsync(string tenant, int number, ThingScaleEvent? one, CancellationToken cancellation)
    {
        // One that is disabled keeps its webhook, with what is still on its way.
        if (one is { Enabled: true, Channel: { } channel })
        {
            if (one.NotifyType == ThingScaleEvent.Http)
            {
                await webhooks.PutAsync(tenant, WebhookOf(number), WebhookFor(one), cancellation);
            }

            var name = (await channels.FindAsync(tenant, channel, null, cancellation))?.Value.Name;
            await rules.PutAsync(
                tenant,
                RuleOf(number),
                RuleFor(one, channel, name ?? ThingScaleChannel.DefaultName(channel)),
                cancellation
            );
        }
        else
        {
            await rules.RemoveAsync(tenant, RuleOf(number), cancellation);
        }

        if (one?.NotifyType != ThingScaleEvent.Http)
        {
            await webhooks.RemoveAsync(tenant, WebhookOf(number), cancellation);
        }
    }

    private static NewWebhook WebhookFor(ThingScaleEvent one) =>
        new()
        {
            Url = one.PostUrl,
            Description = $"ThingScale event {one.Number}: {one.Description}".TrimEnd(' ', ':'),
            Types = [CrossingEffects.Crossed],
            Rule = RuleOf(one.Number),
            Handshake = WebhookHandshake.None,
            Form = ThingScaleForm.FormName,
        };

    private static RuleChange RuleFor(ThingScaleEvent one, int channel, string channelName)
    {
        var (measurement, field) = RulePath.Parse(one.Source);
        return new RuleChange
        {
            Name = one.Description.Length > 0 ? one.Description : $"ThingScale event {one.Number}",
            Scope = new RuleScope(Member: ThingScaleFragment.MappedTo(channel)),
            Measurement = measurement,
            Field = field,
            Path = one.Source,
            Condition = ConditionOf(one),
            Dialect = ThingScaleDialect.DialectName,
            Fragments = new JsonObject
            {
                ["event_id"] = one.Number,
                ["description"] = one.Description,
                ["mapped_ch"] = channel,
                ["channel_name"] = channelName,
                ["notify_type"] = one.NotifyType,
                ["source"] = one.Source,
                ["operator"] = one.Operator,
                ["threshold"] = one.Threshold,
            },
        };
    }

    /// <summary>A threshold that is a number is compared with numbers, true and false with flags, another with texts.</summary>
    private static RuleCondition ConditionOf(ThingScaleEvent one)
    {
        var condition = new RuleCondition { Operator = OperatorOf(one.Operator) };
        return one.Threshold is "true" or "false" ? condition with { Threshold = one.Threshold == "true" ? 1 : 0 }
            : double.TryParse(one.Threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? condition with
                {
                    Threshold = number,
                }
            : condition with { Text = one.Threshold };
    }

    private static RuleOperator OperatorOf(string text) =>
        text switch
        {
            "<" => RuleOperator.Less,
            "<=" => RuleOperator.LessOrEqual,
            ">" => RuleOperator.Greater,
            ">=" => RuleOperator.GreaterOrEqual,
            "=" => RuleOperator.Equal,
            _ => RuleOperator.NotEqual,
        };
}
