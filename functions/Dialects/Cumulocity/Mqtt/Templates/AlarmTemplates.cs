using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>Templates 3xx: alarms.</summary>
internal static class AlarmTemplates
{
    public static readonly IReadOnlyDictionary<string, Template> All = new Dictionary<string, Template>
    {
        ["301"] = call => RaiseAsync(call, "CRITICAL"),
        ["302"] = call => RaiseAsync(call, "MAJOR"),
        ["303"] = call => RaiseAsync(call, "MINOR"),
        ["304"] = call => RaiseAsync(call, "WARNING"),
        ["305"] = call => ChangeAsync(call, new JsonObject { ["severity"] = CustomType.Read(call, "SEVERITY", call.Text(2, "severity")) }),
        ["306"] = call => ChangeAsync(call, new JsonObject { ["status"] = "CLEARED" }),
        ["307"] = call =>
        {
            call.Text(2, "fragmentName");
            return ChangeAsync(
                call,
                new JsonObject(call.Row.From(2).Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)null)))
            );
        },
    };

    /// <summary>The device's alarm of a type that is not cleared, an active one first, or null.</summary>
    public static async Task<JsonNode?> FindAsync(TemplateCall call, DeviceTwin device, string type)
    {
        foreach (var status in new[] { "ACTIVE", "ACKNOWLEDGED" })
        {
            var path = $"/alarm/alarms?source={device.Id}&type={Uri.EscapeDataString(type)}&status={status}&pageSize=100";
            var found = (await call.Door.GetAsync(path))?["alarms"]?.AsArray();

            // A type with a comma would be taken for two.
            if (found?.FirstOrDefault(alarm => (string?)alarm?["type"] == type) is { } alarm)
            {
                return alarm;
            }
        }

        return null;
    }

    private static async Task RaiseAsync(TemplateCall call, string severity)
    {
        var type = call.Text(1, "type");
        var alarm = new JsonObject
        {
            ["type"] = type,
            ["text"] = call.Optional(2) ?? $"Alarm of type {type} raised",
            ["severity"] = severity,
            ["status"] = "ACTIVE",
            ["time"] = call.Time(3),
        };
        alarm["source"] = new JsonObject { ["id"] = (await call.Door.DeviceAsync()).Id };
        await call.Door.PostAsync("/alarm/alarms", alarm);
    }

    private static async Task ChangeAsync(TemplateCall call, JsonObject change)
    {
        var type = call.Text(1, "type");
        var alarm =
            await FindAsync(call, await call.Door.DeviceAsync(), type)
            ?? throw call.Refused($"There is no alarm of type {type} that is not cleared");
        await call.Door.PutAsync($"/alarm/alarms/{alarm["id"]}", change);
    }
}
