using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>Thingsee's messages, which the vendor's cloud sends as one device on the hub, and their history.</summary>
internal sealed class ThingseeDoor : IEntrance, IExit
{
    public string Name => "Thingsee";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var (relay, tuid) = (cloud.TakeDevice(), $"TSPR04{Guid.NewGuid():N}"[..17].ToUpperInvariant());
        await cloud.Management.DoAsync(HttpMethod.Patch, $"devices/{relay.Uuid}", new JsonObject { ["relays"] = true });
        var seconds = time.ToUnixTimeMilliseconds() / 1000m;
        var message = $$"""{"tsmId":12100,"tsmEv":10,"tsmTs":{{seconds}},"tsmTuid":"{{tuid}}","temp":{{DoorsCloud.Text(value)}}}""";
        await DeviceSender.SendOneAsync(cloud.Cloud, relay, $"[{message}]");
        return new Written((string)(await cloud.FindAsync("tuid", tuid))["uuid"]!, "temp", value, AllDoors.Nanoseconds(time));
    }

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/v1/things/{DoorsCloud.NameIn(twin, "tuid")}/messages?limit=1");
        return JsonNode.Parse(answer)!["data"] is JsonArray { Count: 1 } messages && messages[0]![written.Measurement] is { } value
            ? new Seen((double)value, (long)messages[0]!["tsmTs"]! * AllDoors.Second, AllDoors.Second, Rounds: true)
            : null;
    }
}
