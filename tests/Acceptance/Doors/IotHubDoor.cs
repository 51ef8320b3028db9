using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>JSON of a device on its hub.</summary>
internal sealed class IotHubDoor : IEntrance
{
    public string Name => "IoT Hub";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var device = cloud.TakeDevice();
        var body = $$"""{"timestamp":{{time.ToUnixTimeMilliseconds()}},"pressure":{{DoorsCloud.Text(value)}}}""";
        await DeviceSender.SendOneAsync(cloud.Cloud, device, body);
        return new Written(device.Uuid, "pressure", value, AllDoors.Nanoseconds(time));
    }
}
