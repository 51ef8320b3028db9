using System.Text.Json.Nodes;

namespace Serverless.Dialects.Cumulocity.Mqtt.Templates;

/// <summary>Templates 2xx and 4xx: measurements and events.</summary>
internal static class DataTemplates
{
    private const string ParameterUpdate = "c8y_ParameterUpdate";

    public static readonly IReadOnlyDictionary<string, Template> All = new Dictionary<string, Template>
    {
        ["200"] = call =>
        {
            var (fragment, series) = (call.Text(1, "fragment"), call.Text(2, "series"));
            return MeasureAsync(call, fragment, call.Time(5), (fragment, series, call.Number(3, "value"), call.Optional(4)));
        },
        ["201"] = MeasureManyAsync,
        ["210"] = MeasureSignalAsync,
        ["211"] = call =>
            MeasureAsync(
                call,
                "c8y_TemperatureMeasurement",
                call.Time(2),
                ("c8y_TemperatureMeasurement", "T", call.Number(1, "temperature value"), "C")
            ),
        ["212"] = call => MeasureAsync(call, "c8y_Battery", call.Time(2), ("c8y_Battery", "level", call.Number(1, "battery value"), "%")),
        ["400"] = call => HappenAsync(call, call.Text(1, "type"), call.Text(2, "text"), call.Time(3), []),
        ["401"] = LocateAsync,
        ["402"] = async call =>
        {
            await LocateAsync(call);
            await InventoryTemplates.PatchAsync(call, "c8y_Position", Position(call));
        },
        ["407"] = ClearAsync,
        ["408"] = UpdateParametersAsync,
    };

    /// <summary>Latitude, longitude, altitude and accuracy, as the first four values have them.</summary>
    public static JsonObject Position(TemplateCall call)
    {
        var position = new JsonObject();
        foreach (var (name, i) in new[] { ("lat", 1), ("lng", 2), ("alt", 3), ("accuracy", 4) })
        {
            if (call.OptionalNumber(i, name) is { } number)
            {
                position[name] = number;
            }
        }

        return position;
    }

    /// <summary>Makes an event of the device. Where the message may come again, one that is there already by type, time and text is not made again.</summary>
    public static async Task HappenAsync(TemplateCall call, string type, string text, string time, JsonObject fragments)
    {
        var device = await call.Door.DeviceAsync();
        if (call.Door.MayRepeat && await IsThereAsync(call, device.Id, type, text, time))
        {
            return;
        }

        fragments["source"] = new JsonObject { ["id"] = device.Id };
        (fragments["type"], fragments["text"], fragments["time"]) = (type, text, time);
        await call.Door.PostAsync("/event/events", fragments);
    }

    private static async Task<bool> IsThereAsync(TemplateCall call, string device, string type, string text, string time)
    {
        // Until the end of its millisecond: the times of the API are not closer.
        var path =
            $"/event/events?source={device}&type={Uri.EscapeDataString(type)}&dateFrom={Uri.EscapeDataString(time)}&pageSize=100&revert=true";
        return (await call.Door.GetAsync(path))?["events"]?.AsArray().Any(known => (string?)known?["text"] == text && IsAt(known, time))
            == true;
    }

    private static bool IsAt(JsonNode? known, string time) =>
        Domain.Time.Iso8601.TryParse((string?)known?["time"], out var there)
        && Domain.Time.Iso8601.TryParse(time, out var asked)
        && Math.Abs(there - asked) < 1_000_000;

    private static Task MeasureManyAsync(TemplateCall call)
    {
        var type = call.Text(1, "type");
        var values = call.Row.From(3);
        call.Text(3, "fragment");
        var readings = new List<(string, string, JsonNode, string?)>();
        for (var i = 3; i < 3 + values.Count; i += 4)
        {
            readings.Add((call.Text(i, "fragment"), call.Text(i + 1, "series"), call.Number(i + 2, "value"), call.Optional(i + 3)));
        }

        return MeasureAsync(call, type, call.Time(2), [.. readings]);
    }

    private static Task MeasureSignalAsync(TemplateCall call)
    {
        var readings = new List<(string, string, JsonNode, string?)>();
        if (call.OptionalNumber(1, "rssi") is { } rssi)
        {
            readings.Add(("c8y_SignalStrength", "rssi", rssi, "dBm"));
        }

        if (call.OptionalNumber(2, "ber") is { } ber)
        {
            readings.Add(("c8y_SignalStrength", "ber", ber, "%"));
        }

        return readings.Count > 0
            ? MeasureAsync(call, "c8y_SignalStrength", call.Time(3), [.. readings])
            : throw call.Wrong("Value 1 is missing: rssi or ber is mandatory");
    }

    private static async Task MeasureAsync(
        TemplateCall call,
        string type,
        string time,
        params (string Fragment, string Series, JsonNode Value, string? Unit)[] readings
    )
    {
        var body = new JsonObject
        {
            ["source"] = new JsonObject { ["id"] = (await call.Door.DeviceAsync()).Id },
            ["type"] = type,
            ["time"] = time,
        };
        foreach (var (fragment, series, value, unit) in readings)
        {
            if (fragment is "source" or "type" or "time" or "id" or "self")
            {
                throw call.Wrong($"Value is not a fragment: {fragment}");
            }

            if (body[fragment] is not JsonObject members)
            {
                body[fragment] = members = [];
            }

            var reading = new JsonObject { ["value"] = value };
            if (unit is not null)
            {
                reading["unit"] = unit;
            }

            members[series] = reading;
        }

        await call.Door.PostAsync("/measurement/measurements", body);
    }

    private static Task LocateAsync(TemplateCall call) =>
        HappenAsync(call, "c8y_LocationUpdate", "c8y_LocationUpdate", call.Time(5), new JsonObject { ["c8y_Position"] = Position(call) });

    private static async Task ClearAsync(TemplateCall call)
    {
        var type = call.Text(1, "eventType");
        var found = await NewestAsync(call, type) ?? throw call.Refused($"There is no event of type {type}");
        var patch = new JsonObject();
        foreach (var name in call.Row.From(2).Where(name => name.Length > 0))
        {
            patch[name] = null;
        }

        if (patch.Count > 0)
        {
            await call.Door.PutAsync($"/event/events/{found["id"]}", patch);
        }
    }

    private static async Task UpdateParametersAsync(TemplateCall call)
    {
        var fragments = new JsonObject();
        var values = call.Row.From(4);
        for (var i = 4; i < 4 + values.Count; i += 3)
        {
            var path = call.Text(i, "path");
            var value = CustomType.Read(call, call.Text(i + 1, "type"), call.Optional(i + 2));
            if (!TemplateValues.TrySet(fragments, path, value))
            {
                throw call.Wrong($"Value is not a path: {path}");
            }
        }

        if (fragments.Count == 0)
        {
            throw call.Wrong("Value 4 is missing: path is mandatory");
        }

        var detectsChange = call.Row[3].Equals("true", StringComparison.OrdinalIgnoreCase);
        if (detectsChange && await NewestAsync(call, ParameterUpdate) is { } known && fragments.All(f => IsSame(known[f.Key], f.Value)))
        {
            return;
        }

        var text = call.Optional(1) ?? $"Parameter '{string.Join("', '", fragments.Select(fragment => fragment.Key))}' was updated";
        await HappenAsync(call, ParameterUpdate, text, call.Time(2), fragments);
    }

    private static bool IsSame(JsonNode? known, JsonNode? told) => JsonNode.DeepEquals(known, told);

    private static async Task<JsonNode?> NewestAsync(TemplateCall call, string type)
    {
        var device = await call.Door.DeviceAsync();
        var found = await call.Door.GetAsync($"/event/events?source={device.Id}&type={Uri.EscapeDataString(type)}&pageSize=1");
        return found?["events"]?.AsArray() is [{ } newest, ..] ? newest : null;
    }
}
