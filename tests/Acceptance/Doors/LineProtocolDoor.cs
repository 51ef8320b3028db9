using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>InfluxDB's line protocol and queries.</summary>
internal sealed class LineProtocolDoor : IEntrance, IExit
{
    public string Name => "line protocol";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var (device, nanoseconds) = (cloud.TakeDevice().Uuid, AllDoors.Nanoseconds(time));
        using var line = new StringContent($"level,uuid={device} value={DoorsCloud.Text(value)} {nanoseconds}", Encoding.UTF8);
        using var response = await cloud.Http.PostAsync("/write?db=iot", line);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return new Written(device, "level", value, nanoseconds);
    }

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var query = $"SELECT last(value) FROM \"auto~{written.Measurement}\" WHERE uuid = '{written.Device}'";
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/query?db=iot&epoch=ns&q={Uri.EscapeDataString(query)}");
        return JsonNode.Parse(answer)!["results"]![0]!["series"]?[0]!["values"]![0] is { } row
            ? new Seen((double)row[1]!, (long)row[0]!, 1)
            : null;
    }
}
