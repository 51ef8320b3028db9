using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>Proficloud's payload of a device on its hub, and its time series service.</summary>
internal sealed class ProficloudDoor : IEntrance, IExit
{
    public string Name => "Proficloud";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var device = cloud.TakeDevice();
        var data = $$"""{"timestamp":{{time.ToUnixTimeMilliseconds()}},"flow":{{DoorsCloud.Text(value)}}}""";
        await DeviceSender.SendOneAsync(cloud.Cloud, device, $$"""{"data":{{data}}}""");
        return new Written(device.Uuid, "flow", value, AllDoors.Nanoseconds(time));
    }

    public async Task<Seen?> ReadAsync(DoorsCloud cloud, JsonObject twin, Written written)
    {
        var series = Uri.EscapeDataString($"auto~{written.Measurement}");
        var answer = await cloud.SendAsync(HttpMethod.Get, $"/epts/last?uuid={written.Device}&timeSeriesName={series}");
        var points = JsonNode.Parse(answer)![written.Device]?[$"auto~{written.Measurement}"]?.AsArray();
        return points is [var point]
            ? new Seen((double)point!["values"]!["value"]!, AllDoors.Nanoseconds(DateTimeOffset.Parse((string)point["timestamp"]!)), 100)
            : null;
    }
}
