#if !ON_AZURE
namespace Serverless.Acceptance.Tests.Doors;

/// <summary>Cumulocity's MQTT service: a row of SmartREST, of a device that is made with it.</summary>
internal sealed class SmartRestDoor : IEntrance
{
    public string Name => "SmartREST";

    public async Task<Written> WriteAsync(DoorsCloud cloud, double value, DateTimeOffset time)
    {
        var id = $"door-{Guid.NewGuid():N}";
        var row = $"200,c8y_Door,value,{DoorsCloud.Text(value)},,{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}";
        await cloud.PublishAsync("t1/admin", DoorsCloud.AdminPassword, $"s/us/{id}", row);
        return new Written((string)(await cloud.FindAsync("c8y_Serial", id))["uuid"]!, "c8y_Door", value, AllDoors.Nanoseconds(time));
    }
}
#endif
