using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Thingsee.Messages;
using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Thingsee.Resources;

/// <summary>Alerts: the alarms of a thing by type, with the times from when to when; those that last have a null end. [I] Times are UTC without a zone, as the vendor writes them.</summary>
internal sealed class AlertRoutes(Things things, DeviceDirectory devices, AlarmDirectory alarms)
{
    public IEnumerable<ThingseeRoute> All() =>
        [
            new ThingseeRoute("GET", "things/{name}/alerts", false, ListOfThingAsync),
            new ThingseeRoute("GET", "things/alerts", false, ListAlertingAsync),
            new ThingseeRoute("GET", "things/alerts/count", false, CountAsync),
        ];

    private async Task<JsonNode> ListOfThingAsync(ThingseeRequest request)
    {
        var from = TimeOf(request.Time("from")) ?? DateTimeOffset.MinValue;
        var to = TimeOf(request.Time("to")) ?? DateTimeOffset.MaxValue;
        var thing = await things.GetAsync(request);
        var types = new List<(string Type, JsonArray Alerts)>();
        var ofDevice = Filter.Eq("source", JsonValue.Create(thing.Id));
        await foreach (var stored in alarms.ListAsync(request.Tenant, ofDevice, request.Cancellation))
        {
            var alarm = stored.Value;
            if (alarm.First > to || alarm.Cleared < from)
            {
                continue;
            }

            var alerts = types.Find(known => known.Type == alarm.Type).Alerts;
            if (alerts is null)
            {
                types.Add((alarm.Type, alerts = []));
            }

            alerts.Add(new JsonObject { ["from"] = Text(alarm.First), ["to"] = alarm.Cleared is { } end ? Text(end) : null });
        }

        return new JsonArray([
            .. types.Select(type => new JsonObject
            {
                ["tuid"] = thing.Tuid(),
                ["alert_type"] = type.Type,
                ["alerts"] = type.Alerts,
            }),
        ]);
    }

    private async Task<JsonNode> ListAlertingAsync(ThingseeRequest request)
    {
        var tuids = new JsonArray();
        var seen = new HashSet<string>();
        await foreach (var alarm in alarms.ListActiveAsync(request.Tenant, request.Cancellation))
        {
            if (
                seen.Add(alarm.Value.Device)
                && await devices.FindAsync(request.Tenant, alarm.Value.Device, request.Cancellation) is { } thing
            )
            {
                tuids.Add(thing.Value.Tuid());
            }
        }

        return new JsonObject { ["alerting_tuids"] = tuids };
    }

    /// <summary>How many alerts there are now; a text, as the vendor has it.</summary>
    private async Task<JsonNode> CountAsync(ThingseeRequest request)
    {
        var count = await alarms.CountActiveAsync(request.Tenant, request.Cancellation);
        return new JsonObject { ["alert_count"] = count.ToString(CultureInfo.InvariantCulture) };
    }

    private static DateTimeOffset? TimeOf(long? nanoseconds) =>
        nanoseconds is { } time ? DateTimeOffset.UnixEpoch.AddTicks(time / TimeSpan.NanosecondsPerTick) : null;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
