using Serverless.Dialects.Cumulocity.Availability;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Tests.Cumulocity.Availability;

public sealed class AvailabilityJsonTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("imei=1 c8y_Serial=2", "2")]
    [InlineData("imei=1 other=3", "1")]
    public void An_external_id_is_told_whichever_the_device_has(string ids, string expected)
    {
        var twin = new DeviceTwin
        {
            Id = "1",
            Uuid = Guid.Empty,
            Name = "a",
            ExternalIds =
            [
                .. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(id => id.Split('='))
                    .Select(parts => new ExternalId(parts[0], parts[1])),
            ],
            Created = default,
            Updated = default,
        };

        var written = AvailabilityJson.Of(twin, new DeviceAvailability(10, null, DataStatus.Available, ConnectionStatus.Connected));

        Assert.Equal(expected, (string)written["externalId"]!);
    }
}
