using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Doors;

/// <summary>A row of SmartREST as a message of IoT Hub, whose properties say so.</summary>
internal sealed class SmartRestHubDoor : IEntrance
{
    public string Name => "SmartREST through IoT Hub";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var device = cloud.TakeDevice();
        var row = $"200,c8y_Door,value,{DoorsCloud.Text(value)},,{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}";
        await DeviceSender.SendOneAsync(cloud.Cloud, device, row, ("dialect", "smartrest"), ("topic", "s/us"));
        return new Written(device.Uuid, "c8y_Door", value, AllDoors.Nanoseconds(time));
    }
}
