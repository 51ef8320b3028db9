using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>ThingScale's HTTP connector and streams.</summary>
internal sealed class ThingScaleDoor : IEntrance, IExit
{
    private const string Zone = "yyyy-MM-dd'T'HH:mm:sszzz";

    public string Name => "ThingScale";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var (id, body) = (NewId(), $$"""{"humid":{{DoorsCloud.Text(value)}}}""");
        (string, string)[] headers = [("X-DEVICETOKEN", DoorsCloud.DeviceToken), ("X-DEVICEID", id)];
        await cloud.SendAsync(HttpMethod.Post, "/post_v2/", body, headers);
        await cloud.MapAsync(await cloud.FindAsync("thingscale", id));
        await cloud.SendAsync(HttpMethod.Post, "/post_v2/", body, headers);
        return new Written((string)(await cloud.FindAsync("thingscale", id))["uuid"]!, "humid", value, null);
    }

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var channel = await cloud.MapAsync(twin);
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/v2/stream/{channel}", null, ("X-ENDTIME", "last"), ("X-PAGELIMIT", "1"));
        return JsonNode.Parse(answer)!["stream"] is JsonArray { Count: 1 } rows ? SeenOf(rows[0]!, written) : null;
    }

    internal static string NewId() => $"{Random.Shared.Next(1_000_000_000, int.MaxValue)}";

    private static Seen SeenOf(JsonNode row, Written written) =>
        new(
            (double)row["value"]![written.Measurement]!,
            AllDoors.Nanoseconds(DateTimeOffset.ParseExact(((string)row["at"]!).Insert(22, ":"), Zone, null)),
            AllDoors.Second
        );
}
#if !ON_AZURE

/// <summary>ThingScale's MQTT connector.</summary>
internal sealed class ThingScaleMqttDoor : IEntrance
{
    public string Name => "ThingScale MQTT";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var (id, body) = (ThingScaleDoor.NewId(), $$"""{"lux":{{DoorsCloud.Text(value)}}}""");
        var topic = $"{DoorsCloud.DeviceToken}/json/{id}";
        await cloud.PublishAsync(DoorsCloud.MqttUser, DoorsCloud.DeviceToken, topic, body);
        await cloud.MapAsync(await cloud.FindAsync("thingscale", id));
        await cloud.PublishAsync(DoorsCloud.MqttUser, DoorsCloud.DeviceToken, topic, body);
        return new Written((string)(await cloud.FindAsync("thingscale", id))["uuid"]!, "lux", value, null);
    }
}
#endif
