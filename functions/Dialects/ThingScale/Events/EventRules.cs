using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;
using Serverless.Domain.Webhooks;

namespace Serverless.Dialects.ThingScale.Events;

/// <summary>
/// What makes an event fire: for each that is enabled a rule of the domain on the devices of its channel, and for each of type http a webhook that gets that rule's crossings in this API's form. All of it
/// is one commit: an event that is stored is watched as it says.
/// </summary>
/// <remarks>
/// [I] It fires once when the threshold is crossed, and again when the value has come back over it in between: not with each value. An event of type email is told as other thresholds are; mail is not sent.
/// </remarks>
internal sealed class EventRules(EventDirectory events, ChannelDirectory channels, RuleDirectory rules, RuleWebhooks webhooks)
{
    public static string RuleOf(int number) => $"{ThingScaleDialect.DialectName}-{number}";

    public static string WebhookOf(int number) => $"{ThingScaleDialect.DialectName}-event-{number}";

    /// <summary>Changes an event.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="number">The event's number.</param>
    /// <param name="change">Makes the new event from the old one; called again when somebody else was faster.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="ThingScaleException">NO_EVENT, or what the change throws.</exception>
    public async Task<ThingScaleEvent> UpdateAsync(
        string tenant,
        int number,
        Func<ThingScaleEvent, ThingScaleEvent> change,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await events.GetAsync(tenant, number, cancellation);
            var changed = change(old.Value);
            try
            {
                await CommitAsync(tenant, number, changed, EventDirectory.Replacement(changed, old.ETag), cancellation);
                return changed;
            }
            catch (StoreConflictException)
            {
                // Somebody else has changed the event or its webhook at this moment: look again.
            }
        }
    }

    /// <exception cref="ThingScaleException">NO_EVENT.</exception>
    public async Task DeleteAsync(string tenant, int number, CancellationToken cancellation)
    {
        while (true)
        {
            var old = await events.GetAsync(tenant, number, cancellation);
            try
            {
                await CommitAsync(tenant, number, null, EventDirectory.Removal(number, old.ETag), cancellation);
                return;
            }
            catch (StoreConflictException)
            {
                // Likewise.
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
                try
                {
                    await UpdateAsync(tenant, one.Value.Number, known => known, cancellation);
                }
                catch (ThingScaleException gone) when (gone.Error == ThingScaleError.NoEvent)
                {
                    // It was deleted at this moment.
                }
            }
        }
    }

    /// <summary>Commits an event with what belongs to it.</summary>
    /// <exception cref="StoreConflictException">The event or its webhook is another one by now; nothing was written.</exception>
    private async Task CommitAsync(string tenant, int number, ThingScaleEvent? one, DocumentWrite write, CancellationToken cancellation)
    {
        var writes = new List<DocumentWrite> { write };
        if (one is not { NotifyType: ThingScaleEvent.Http })
        {
            writes.AddRange(await webhooks.RemovalAsync(tenant, WebhookOf(number), cancellation));
        }
        else if (one.Enabled)
        {
            writes.Add(await webhooks.WriteOfAsync(tenant, WebhookOf(number), WebhookFor(one), cancellation));
        }

        // One that is disabled keeps its webhook, with what is still on its way.
        if (one is { Enabled: true, Channel: { } channel })
        {
            var name = (await channels.FindAsync(tenant, channel, null, cancellation))?.Value.Name;
            var rule = RuleFor(one, channel, name ?? ThingScaleChannel.DefaultName(channel));
            await rules.PutAsync(tenant, RuleOf(number), rule, writes, cancellation);
        }
        else
        {
            await rules.RemoveAsync(tenant, RuleOf(number), writes, cancellation);
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
