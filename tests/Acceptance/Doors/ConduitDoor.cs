using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>Conduit's uplinks, and its reads of V6.</summary>
internal sealed class ConduitDoor : IEntrance, IExit
{
    private static readonly (string, string) Key = ("X-Api-Key", DoorsCloud.ConduitToken);

    public string Name => "Conduit";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var id = $"door-{Guid.NewGuid():N}";
        var data = $$"""[{"channelId":3,"value":{{DoorsCloud.Text(value)}}}]""";
        var body = $$"""{"networkId":"{{id}}","timestamp":{{time.ToUnixTimeMilliseconds()}},"data":{{data}}}""";
        await cloud.SendAsync(HttpMethod.Post, "/conduitv6/", body, Key);
        return new Written((string)(await cloud.FindAsync("netid", id))["uuid"]!, "channel3", value, AllDoors.Nanoseconds(time));
    }

    public Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written) =>
        ReadAsync(cloud, "/conduitv6/", twin, written, record => ((double)record["val_raw"]!, (long)record["val_date"]!));

    /// <summary>Reads the channel that the measurement is.</summary>
    internal static async Task<Seen?> ReadAsync(
        DoorsCloud cloud,
        string path,
        JsonObject twin,
        Written written,
        Func<JsonNode, (double Value, long Seconds)> read
    )
    {
        var channel = twin["channels"]!.AsArray().Single(channel => (string)channel!["measurement"]! == written.Measurement)!["number"];
        var query = $"?id={DoorsCloud.NameIn(twin, "netid")}&ch={channel}";
        var records = JsonNode.Parse(await cloud.SendAsync(HttpMethod.Get, path + query, null, Key))!.AsArray();
        var (value, seconds) = read(records[^1]!);
        return new Seen(value, seconds * AllDoors.Second, AllDoors.Second);
    }
}

/// <summary>Conduit's reads of V4.</summary>
internal sealed class ConduitV4Door : IExit
{
    public string Name => "Conduit V4";

    public Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written) =>
        ConduitDoor.ReadAsync(cloud, "/conduitv4", twin, written, r => ((double)r["value"]!, long.Parse((string)r["timestamp"]!)));
}

/// <summary>Conduit's reads of V7.</summary>
internal sealed class ConduitV7Door : IExit
{
    public string Name => "Conduit V7";

    public Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written) =>
        ConduitDoor.ReadAsync(cloud, "/conduitv7", twin, written, r => ((double)r["val_calibrated"]!, (long)r["val_date"]!));
}
#if !ON_AZURE

/// <summary>Conduit's MQTT service.</summary>
internal sealed class ConduitMqttDoor : IEntrance
{
    public string Name => "Conduit MQTT";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var id = $"door-{Guid.NewGuid():N}";
        var data = $$"""[{"channelId":5,"value":{{DoorsCloud.Text(value)}}}]""";
        var body = $$"""{"timestamp":{{time.ToUnixTimeMilliseconds()}},"data":{{data}}}""";
        await cloud.PublishAsync(DoorsCloud.ConduitToken, "x", $"{DoorsCloud.ConduitToken}/{id}/pub/v2", body);
        return new Written((string)(await cloud.FindAsync("netid", id))["uuid"]!, "channel5", value, AllDoors.Nanoseconds(time));
    }
}
#endif
