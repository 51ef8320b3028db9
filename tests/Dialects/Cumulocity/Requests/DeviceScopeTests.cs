using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Requests;

public sealed class DeviceScopeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Roles.Device, false, false)]
    [InlineData($"{Roles.Device} {Roles.Reader}", true, false)]
    [InlineData($"{Roles.Device} {Roles.User}", true, true)]
    [InlineData(Roles.Reader, true, true)]
    [InlineData(Roles.Admin, true, true)]
    public async Task A_role_adds_to_what_a_device_owns(string roles, bool seesAll, bool changesAll)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var one = cloud.One;
        var scope = new DeviceScope(one.Devices, one.Links);
        var caller = new Caller(TestCloud.Tenant, "device_1", roles.Split(' '));
        var own = await one.Service.CreateAsync(TestCloud.Tenant, new NewDevice { Name = "own", Owner = "device_1" }, Cancellation);
        var below = new NewDevice { Name = "below", Parents = [own.Value.Id] };
        var child = await one.Service.CreateAsync(TestCloud.Tenant, below, Cancellation);
        var other = await one.Service.CreateAsync(TestCloud.Tenant, new NewDevice { Name = "other" }, Cancellation);

        foreach (var permission in new[] { Permission.Read, Permission.Write })
        {
            Assert.True(await scope.ContainsAsync(caller, permission, own.Value, Cancellation));
            Assert.True(await scope.ContainsAsync(caller, permission, child.Value, Cancellation));
        }

        Assert.Equal(seesAll, await scope.ContainsAsync(caller, Permission.Read, other.Value, Cancellation));
        Assert.Equal(changesAll, await scope.ContainsAsync(caller, Permission.Write, other.Value, Cancellation));
    }
}
