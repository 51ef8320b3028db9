using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>Cumulocity's measurements.</summary>
internal sealed class CumulocityDoor : IEntrance, IExit
{
    public string Name => "Cumulocity";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var device = cloud.TakeDevice();
        var measurement = $"c8y_{Guid.NewGuid():N}";
        var body = new JsonObject
        {
            ["source"] = new JsonObject { ["id"] = (string)(await cloud.TwinAsync(device.Uuid))["id"]! },
            ["type"] = "door",
            ["time"] = $"{time:O}",
            [measurement] = new JsonObject
            {
                ["value"] = new JsonObject { ["value"] = value, ["unit"] = "C" },
            },
        };
        await cloud.SendAsync(HttpMethod.Post, "/measurement/measurements", body.ToJsonString(), ("Accept", "application/json"));
        return new Written(device.Uuid, measurement, value, AllDoors.Nanoseconds(time));
    }

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var query = $"?source={twin["id"]}&valueFragmentType={written.Measurement}&revert=true&dateFrom=2000-01-01&pageSize=1";
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/measurement/measurements{query}", null, ("Accept", "application/json"));
        return JsonNode.Parse(answer)!["measurements"] is JsonArray { Count: 1 } found
            ? new Seen(
                (double)found[0]![written.Measurement]!["value"]!["value"]!,
                AllDoors.Nanoseconds(DateTimeOffset.Parse((string)found[0]!["time"]!)),
                100
            )
            : null;
    }
}

/// <summary>Cumulocity's series.</summary>
internal sealed class CumulocitySeriesDoor : IExit
{
    public string Name => "Cumulocity series";

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var query = $"?source={twin["id"]}&series={written.Measurement}.value&dateFrom=2000-01-01&dateTo=2100-01-01&revert=true";
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/measurement/measurements/series{query}", null, ("Accept", "*/*"));
        return JsonNode.Parse(answer)!["values"]!.AsObject().FirstOrDefault() is { Key: { } time, Value: { } cells }
            ? new Seen((double)cells[0]!["max"]!, AllDoors.Nanoseconds(DateTimeOffset.Parse(time)), 100)
            : null;
    }
}
