using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;
using Serverless.Domain.Series;
using Serverless.Domain.Time;

namespace Serverless.Domain.Rules;

/// <summary>What follows from a crossing, and from its end: an alarm where the rule has one, and an event. Doing the same again changes nothing.</summary>
public sealed class CrossingEffects(IDocumentStore store, DeviceDirectory devices, AlarmDirectory alarms, EventOutbox events)
{
    public const string TypePrefix = "serverless.threshold.";
    public const string Crossed = TypePrefix + "crossed";
    public const string Cleared = TypePrefix + "cleared";

    private readonly SharedAlarms shared = new(store);

    /// <summary>Raises or clears the alarm, and makes the event.</summary>
    /// <returns>The event, which is still to be made pending: in the commit that marks the state as told.</returns>
    internal async Task<CloudEvent> ApplyAsync(string tenant, Rule rule, RuleStateDocument state, CancellationToken cancellation)
    {
        var at = TimeOf(state.At ?? state.Newest);
        if (rule.Alarm is { } alarm)
        {
            if (state.Active)
            {
                var text = alarm.Text ?? Sentence(rule, state);
                await alarms.RaiseAsync(tenant, new NewAlarm(state.Source, alarm.Type, alarm.Severity, text, at), cancellation);
            }
            else
            {
                await ClearAsync(tenant, rule, state, cancellation);
            }
        }

        var data = Data(rule, state);
        if (await devices.FindAsync(tenant, state.Source, cancellation) is { } device)
        {
            data["uuid"] = device.Value.Uuid.ToString();
            data["name"] = device.Value.Name;
        }

        var type = state.Active ? Crossed : Cleared;
        return new CloudEvent(IdOf(tenant, state), $"/tenants/{tenant}", type, $"devices/{state.Source}", at, data);
    }

    /// <summary>Does all of it at once, for a state that is about to be replaced.</summary>
    internal async Task TellAsync(string tenant, Rule rule, RuleStateDocument state, CancellationToken cancellation) =>
        await events.AddAsync(tenant, [await ApplyAsync(tenant, rule, state, cancellation)], cancellation);

    /// <summary>Publishes events that are pending.</summary>
    internal Task PublishAsync(string tenant, IReadOnlyList<CloudEvent> pending, CancellationToken cancellation) =>
        events.PublishAsync(tenant, pending, cancellation);

    /// <summary>Clears the alarm of a crossing that is over, where no other rule holds it; also once more, for one that was raised while somebody else has ended the crossing.</summary>
    internal async Task ClearAsync(string tenant, Rule rule, RuleStateDocument state, CancellationToken cancellation)
    {
        if (rule.Alarm is { } alarm && await shared.EndAsync(tenant, state, alarm.Type, cancellation) is { } end)
        {
            await alarms.ClearAsync(tenant, state.Source, alarm.Type, TimeOf(end), cancellation);
        }
    }

    /// <summary>What is told: the rule, the device, and the value that crossed the threshold or came back over it.</summary>
    internal static JsonObject Data(Rule rule, RuleStateDocument state) =>
        new()
        {
            ["rule"] = rule.Id,
            ["ruleName"] = rule.Name,
            ["device"] = state.Source,
            ["measurement"] = rule.Measurement,
            ["field"] = rule.Field,
            ["active"] = state.Active,
            ["time"] = Rfc3339.ToText(state.At ?? state.Newest),
            ["since"] = state.Since is { } since ? Rfc3339.ToText(since) : null,
            ["value"] = state.Value?.DeepClone(),
            ["condition"] = rule.Condition is { } condition
                ? System.Text.Json.JsonSerializer.SerializeToNode(condition, RuleJson.Default.RuleCondition)
                : null,
            ["silenceSeconds"] = rule.SilenceSeconds,
            ["reason"] = state.Active ? null : state.Reason ?? EndReasons.Value,
            ["dialect"] = rule.Dialect,
            ["fragments"] = rule.Fragments?.DeepClone(),
        };

    internal static JsonNode Json(in FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => JsonValue.Create(value.Float),
            FieldType.Integer => JsonValue.Create(value.Integer),
            FieldType.Boolean => JsonValue.Create(value.Boolean),
            _ => JsonValue.Create(value.Text),
        };

    /// <summary>The same for the same crossing, on every instance and however often it is told.</summary>
    private static string IdOf(string tenant, RuleStateDocument state)
    {
        var cause = string.Create(
            CultureInfo.InvariantCulture,
            $"{tenant}\n{state.Rule}\n{state.Version}\n{state.Source}\n{state.Newest}\n{state.Active}\n{state.At}"
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)).AsSpan(0, 16));
    }

    private static string Sentence(Rule rule, RuleStateDocument state)
    {
        var what = rule.Field == Telemetry.Readings.ValueField ? rule.Measurement : $"{rule.Measurement}.{rule.Field}";
        return rule.Condition is not { } condition
            ? $"No {what} for {rule.SilenceSeconds} s."
            : $"{what} is {state.Value?.ToJsonString()}: {rule.Name} ({condition.Operator} {condition.Text ?? condition.Threshold.ToString("R", CultureInfo.InvariantCulture)}).";
    }

    private static DateTimeOffset TimeOf(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
