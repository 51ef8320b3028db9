using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>Which of a thing's messages are wanted.</summary>
/// <param name="Ids">Only these tsmId, or null.</param>
/// <param name="Events">Only these tsmEv, or null.</param>
/// <param name="From">The first time in nanoseconds since 1970.</param>
/// <param name="To">The time before which they end.</param>
internal sealed record MessageFilter(HashSet<int>? Ids, HashSet<int>? Events, long From, long To);

/// <summary>A thing's messages out of its series.</summary>
internal sealed class MessageHistory(SeriesStore series, DeviceHistory history)
{
    /// <summary>The tsmId and tsmEv of readings that came by another API, and so as no message of this form. [I]</summary>
    public const int Foreign = 0;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// A thing's messages, newest first, as they were sent but for what Haltian's apps need: tsmTs and batl are whole numbers, and deploymentGroupId is the group that the thing is in now. What came by
    /// another API is shown as {"tsmId":0,"tsmEv":0,"tsmTs","tsmTuid", measurement or measurement.field: value}. [I]
    /// </summary>
    public async IAsyncEnumerable<JsonObject> ReadAsync(
        string tenant,
        DeviceTwin thing,
        MessageFilter filter,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var foreign = (filter.Ids?.Contains(Foreign) ?? true) && (filter.Events?.Contains(Foreign) ?? true);
        var fields = await KeptFieldsAsync(tenant, thing, cancellation);

        // All kept messages are read where foreign rows are wanted: they tell which rows are foreign.
        fields.RemoveAll(field => !foreign && filter.Ids is { } ids && !ids.Contains(ThingseeNames.IdOf(field.Field)!.Value));
        if (foreign)
        {
            fields.AddRange(thing.Channels.Select(channel => (channel.Measurement, channel.Field)));
        }

        var rows = history.ReadAsync(tenant, thing.Uuid, fields.Distinct(), filter.From, filter.To, descending: true, cancellation);
        await foreach (var row in rows)
        {
            var kept = row.Values.Where(IsKept).ToList();
            foreach (var value in kept)
            {
                if (
                    Message(value.Value.Text, row.Time, thing) is { } message
                    && Wants(filter.Ids, ThingseeNames.IdOf(value.Field)!.Value)
                    && (filter.Events is null || (Number(message["tsmEv"]) is { } number && filter.Events.Contains((int)number)))
                )
                {
                    yield return message;
                }
            }

            if (foreign && kept.Count == 0)
            {
                yield return Row(row, thing);
            }
        }
    }

    /// <summary>The newest message of each tsmId, the newest first.</summary>
    public async Task<IReadOnlyList<(long Time, JsonObject Message)>> LastAsync(
        string tenant,
        DeviceTwin thing,
        CancellationToken cancellation
    )
    {
        var last = await history.LastAsync(tenant, thing.Uuid, await KeptFieldsAsync(tenant, thing, cancellation), cancellation);
        return
        [
            .. last.OrderByDescending(value => value.Time)
                .Select(value => (value.Time, Message: Message(value.Value.Value.Text, value.Time, thing)))
                .Where(value => value.Message is not null)
                .Select(value => (value.Time, value.Message!)),
        ];
    }

    /// <summary>The newest value of a measurement as a number, with its time; null where there is none.</summary>
    public async Task<(long Time, double Value)?> LastAsync(
        string tenant,
        DeviceTwin thing,
        string measurement,
        CancellationToken cancellation
    )
    {
        var last = await history.LastAsync(tenant, thing.Uuid, [(measurement, Readings.ValueField)], cancellation);
        return last is [var (time, value)] && value.Value.Type is FieldType.Float or FieldType.Integer
            ? (time, value.Value.Type == FieldType.Float ? value.Value.Float : value.Value.Integer)
            : null;
    }

    private async Task<List<(string Measurement, string Field)>> KeptFieldsAsync(
        string tenant,
        DeviceTwin thing,
        CancellationToken cancellation
    )
    {
        var tags = TagSet.Of(Tenant.DeviceTag, thing.Uuid.ToString());
        var kept = await series.GetSeriesAsync(tenant, Tenant.DeviceDatabase, Readings.MessageMeasurement, tags, cancellation);
        return kept is null
            ? []
            :
            [
                .. kept
                    .Fields.Where(field => ThingseeNames.IdOf(field.Name) is not null)
                    .Select(field => (Readings.MessageMeasurement, field.Name)),
            ];
    }

    private static bool IsKept(HistoryValue value) =>
        value.Measurement == Readings.MessageMeasurement && ThingseeNames.IdOf(value.Field) is not null;

    private static bool Wants(HashSet<int>? wanted, int number) => wanted is null || wanted.Contains(number);

    private static JsonObject? Message(string text, long time, DeviceTwin thing)
    {
        JsonObject? message;
        try
        {
            message = JsonNode.Parse(text, documentOptions: Options) as JsonObject;
        }
        catch (JsonException)
        {
            // Somebody has written it as a point, past the decoder.
            return null;
        }

        if (message is null)
        {
            return null;
        }

        message["tsmTs"] = Number(message["tsmTs"]) ?? time / NanosecondsPerSecond;
        if (Number(message["batl"]) is { } charge)
        {
            message["batl"] = charge;
        }

        message["tsmTuid"] ??= thing.Tuid();
        message["deploymentGroupId"] = thing.GroupId();
        return message;
    }

    private static JsonObject Row(HistoryRow row, DeviceTwin thing)
    {
        var message = new JsonObject
        {
            ["tsmId"] = Foreign,
            ["tsmEv"] = Foreign,
            ["tsmTs"] = Rounded(row.Time / (decimal)NanosecondsPerSecond),
            ["tsmTuid"] = thing.Tuid(),
        };
        foreach (var value in row.Values)
        {
            var name = value.Field == Readings.ValueField ? value.Measurement : $"{value.Measurement}.{value.Field}";
            message.TryAdd(name, ToNode(value.Value));
        }

        message["deploymentGroupId"] = thing.GroupId();
        return message;
    }

    private static JsonValue ToNode(FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => JsonValue.Create(value.Float),
            FieldType.Integer => JsonValue.Create(value.Integer),
            FieldType.Boolean => JsonValue.Create(value.Boolean),
            _ => JsonValue.Create(value.Text),
        };

    private static long? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<decimal>(out var number) && Math.Abs(number) < long.MaxValue ? Rounded(number) : null;

    private static long Rounded(decimal number) => (long)decimal.Round(number, MidpointRounding.AwayFromZero);
}
