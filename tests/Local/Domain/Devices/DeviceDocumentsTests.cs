using Serverless.Domain.Alarms;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Devices;

public class DeviceDocumentsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_kept_of_a_device_goes_with_it_and_nothing_of_others()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var (gone, stays) = (await cloud.AddDeviceAsync("gone"), await cloud.AddDeviceAsync("stays"));
        foreach (var number in Enumerable.Range(0, 120))
        {
            await RaiseAsync(cloud, gone, $"type {number}");
        }

        await RaiseAsync(cloud, stays, "type 0");
        var alarms = new DeviceDocuments(cloud.Store, Kinds.Alarm, "device", (Kinds.ActiveAlarm, "alarm"));
        var service = new DeviceService(
            cloud.One.Devices,
            cloud.One.Links,
            new DeviceIds(cloud.Time),
            cloud.Gateway,
            cloud.Series,
            cloud.One.Outbox,
            cloud.Time,
            [alarms]
        );

        await service.DeleteAsync(TestCloud.Tenant, gone.Id, null, Cancellation);

        Assert.Equal(1, await cloud.Store.CountAsync(new DocumentQuery(TestCloud.Tenant, Kinds.Alarm), Cancellation));
        Assert.Equal(1, await cloud.One.Alarms.CountActiveAsync(TestCloud.Tenant, Cancellation));
        await RaiseAsync(cloud, gone, "type 0");
    }

    private static Task<Alarm?> RaiseAsync(TestCloud cloud, DeviceTwin device, string type) =>
        cloud.One.Alarms.RaiseAsync(
            TestCloud.Tenant,
            new NewAlarm(device.Id, type, AlarmSeverity.Major, "text", cloud.Time.GetUtcNow()),
            Cancellation
        );
}
