using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Telemetry;

public sealed class UnknownDeviceTests
{
    [Fact]
    public async Task An_unknown_device_is_made_with_its_first_message()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await cloud.IngestAsync(cloud.Message("new-1", """{"temp":1}"""), cloud.Message("new-1", """{"temp":2}""", 1));

        var device = await cloud.FindAsync("new-1");
        Assert.NotNull(device);
        Assert.Equal("new-1", device.Name);
        Assert.Equal("0:1 1:2", await cloud.PointsAsync(device, "temp"));
        Assert.Equal(["register new-1"], cloud.Gateway.Calls);
        Assert.Equal(["serverless.device.created"], cloud.Events.Types);
    }

    [Fact]
    public async Task A_hub_id_that_is_a_uuid_is_the_devices_uuid()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await cloud.IngestAsync(cloud.Message("355f6856-e9a4-469f-8f22-3f8b037d064a", """{"temp":1}"""));

        Assert.Equal(
            "355f6856-e9a4-469f-8f22-3f8b037d064a",
            (await cloud.FindAsync("355f6856-e9a4-469f-8f22-3f8b037d064a"))!.Uuid.ToString()
        );
    }

    [Theory]
    [InlineData(UnknownDevices.DeadLetter, UnknownDevices.AutoProvision, false)]
    [InlineData(UnknownDevices.AutoProvision, UnknownDevices.DeadLetter, true)]
    [InlineData(null, UnknownDevices.DeadLetter, false)]
    [InlineData(null, UnknownDevices.AutoProvision, true)]
    public async Task The_tenants_setting_decides_and_else_the_clouds(UnknownDevices? tenants, UnknownDevices clouds, bool made)
    {
        await using var cloud = await TestCloud.OpenAsync(new TenantSettings { UnknownDevices = tenants });
        var instance = cloud.Instance(options: new ProvisioningOptions(UnknownDevices: clouds));

        await instance.Pipeline.IngestAsync([cloud.Message("new-1", """{"temp":1}""")], IngestSetup.Cancellation);

        Assert.Equal(made, await cloud.FindAsync("new-1") is not null);
        Assert.Equal(made ? [] : ["The device is not registered."], (await cloud.DeadLettersAsync()).Select(letter => letter.Reason));
    }

    [Fact]
    public async Task Where_no_tenant_takes_it_it_is_the_operators_dead_letter()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");

        await cloud.IngestAsync(cloud.Message("new-1", """{"temp":1}"""));

        var letter = Assert.Single(await cloud.DeadLettersAsync(Partitions.System));
        Assert.Equal("The device is not registered, and no tenant takes unknown devices.", letter.Reason);
        Assert.Equal("""{"temp":1}"""u8, letter.Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public async Task A_sender_whose_name_is_none_is_a_dead_letter(string hubId)
    {
        await using var cloud = await TestCloud.OpenAsync();

        await cloud.IngestAsync(cloud.Message(hubId, """{"temp":1}"""), cloud.Message("good", """{"temp":1}"""));

        Assert.Single(await cloud.DeadLettersAsync());
        Assert.NotNull(await cloud.FindAsync("good"));
    }

    [Fact]
    public async Task Two_instances_that_meet_the_same_device_at_once_make_it_once_and_lose_no_message()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var other = cloud.Instance();

        // The other instance does all of its work when this one has claimed the hub id and is about to write the device.
        cloud.Store.OnceBefore(
            Kinds.Device,
            () => other.Pipeline.IngestAsync([cloud.Message("new-1", """{"temp":2}""", 1)], IngestSetup.Cancellation)
        );
        await cloud.IngestAsync(cloud.Message("new-1", """{"temp":1}"""));
        await cloud.IngestAsync(cloud.Message("new-1", """{"temp":3}""", 2));

        var device = await cloud.FindAsync("new-1");
        Assert.NotNull(device);
        Assert.Equal("0:1 1:2 2:3", await cloud.PointsAsync(device, "temp"));
        Assert.Empty(await cloud.DeadLettersAsync());
        Assert.Equal(1, await cloud.CountAsync(Kinds.Device));
    }

    [Fact]
    public async Task Many_at_once_make_it_once()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var instances = Enumerable.Range(0, 8).Select(_ => cloud.Instance()).ToList();

        await Task.WhenAll(
            instances.Select(
                (instance, i) =>
                    Task.Run(() => instance.Pipeline.IngestAsync([cloud.Message("new-1", """{"temp":1}""", i)], IngestSetup.Cancellation))
            )
        );

        Assert.Empty(await cloud.DeadLettersAsync());
        Assert.Equal("0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1", await cloud.PointsAsync((await cloud.FindAsync("new-1"))!, "temp"));
        Assert.Equal(1, await cloud.CountAsync(Kinds.Device));
    }

    [Fact]
    public async Task A_devices_payload_may_be_of_itself_or_its_child_and_of_nobody_elses()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var gateway = await cloud.AddDeviceAsync("gw");
        var child = await cloud.AddDeviceAsync("child", new NewDevice { Parents = [gateway.Id] });
        var stranger = await cloud.AddDeviceAsync("stranger");
        await cloud.AddTenantAsync("t2");
        var foreign = (await cloud.One.Service.CreateAsync("t2", new NewDevice(), IngestSetup.Cancellation)).Value;
        var unknown = Guid.NewGuid();

        await cloud.IngestAsync(
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{gateway.Uuid}}}","temp":1}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{child.Uuid}}}","temp":2}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{stranger.Uuid}}}","temp":3}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{foreign.Uuid}}}","temp":4}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{unknown}}}","temp":5}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{unknown}}}","temp":6}}""", 1)
        );

        Assert.Equal("0:1", await cloud.PointsAsync(gateway, "temp"));
        Assert.Equal("0:2", await cloud.PointsAsync(child, "temp"));
        Assert.Equal("", await cloud.PointsAsync(stranger, "temp"));
        Assert.Equal("", await cloud.PointsAsync(foreign, "temp", tenant: "t2"));
        var made = (await cloud.One.Devices.FindByUuidAsync(TestCloud.Tenant, unknown, IngestSetup.Cancellation))!.Value;
        Assert.Equal([gateway.Id], made.Parents);
        Assert.Equal("0:5 1:6", await cloud.PointsAsync(made, "temp"));
        Assert.Equal(2, (await cloud.DeadLettersAsync()).Count);
    }

    [Fact]
    public async Task A_child_that_is_unknown_or_disabled_is_a_dead_letter_where_the_tenant_says_so()
    {
        await using var cloud = await TestCloud.OpenAsync(new TenantSettings { UnknownDevices = UnknownDevices.DeadLetter });
        var gateway = await cloud.AddDeviceAsync("gw");
        var child = await cloud.AddDeviceAsync("child", new NewDevice { Parents = [gateway.Id] });
        await cloud.One.Service.UpdateAsync(
            TestCloud.Tenant,
            child.Id,
            twin => twin with { Enabled = false },
            null,
            IngestSetup.Cancellation
        );

        await cloud.IngestAsync(
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{Guid.NewGuid()}}}","temp":1}}"""),
            cloud.Message("gw", $$$"""{"test":{"uuid":"{{{child.Uuid}}}","temp":1}}""")
        );

        Assert.Equal(2, (await cloud.DeadLettersAsync()).Count);
        Assert.Equal("", await cloud.PointsAsync(child, "temp"));
    }
}
