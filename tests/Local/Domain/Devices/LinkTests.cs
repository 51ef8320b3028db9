using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Devices;

public sealed class LinkTests
{
    private const string Tenant = TestCloud.Tenant;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Children_are_listed_by_relation_and_page_and_leave_again()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var group = await AssetAsync(cloud, "group");
        var members = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            members.Add((await cloud.AddDeviceAsync($"d{i}")).Id);
            await cloud.One.Links.AddAsync(Tenant, group, Relation.Asset, members[i], Cancellation);
            await cloud.One.Links.AddAsync(Tenant, group, Relation.Asset, members[i], Cancellation);
        }

        var (first, cursor) = await cloud.One.Links.ListChildrenAsync(Tenant, group, Relation.Asset, 3, null, Cancellation);
        var (second, end) = await cloud.One.Links.ListChildrenAsync(Tenant, group, Relation.Asset, 3, cursor, Cancellation);
        Assert.Equal(members, [.. first, .. second]);
        Assert.Null(end);
        Assert.False(await cloud.One.Links.HasChildrenAsync(Tenant, group, Relation.Device, Cancellation));

        Assert.True(await cloud.One.Links.RemoveAsync(Tenant, group, Relation.Asset, members[2], Cancellation));
        Assert.False(await cloud.One.Links.RemoveAsync(Tenant, group, Relation.Asset, members[2], Cancellation));
        await cloud.One.Service.DeleteAsync(Tenant, members[0], null, Cancellation);
        Assert.Equal(3, await cloud.One.Links.CountChildrenAsync(Tenant, group, Relation.Asset, Cancellation));
        Assert.False(await cloud.One.Links.IsChildAsync(Tenant, group, Relation.Asset, members[0], Cancellation));
        Assert.True(await cloud.One.Links.IsChildAsync(Tenant, group, Relation.Asset, members[1], Cancellation));
    }

    [Fact]
    public async Task What_belongs_to_a_deleted_object_belongs_to_it_no_more()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var gateway = await cloud.AddDeviceAsync("gateway");
        var sensor = await cloud.AddDeviceAsync("sensor", new NewDevice { Parents = [gateway.Id] });

        await cloud.One.Service.DeleteAsync(Tenant, gateway.Id, null, Cancellation);

        Assert.Empty((await cloud.TwinAsync(sensor)).Parents);
        Assert.False(await cloud.One.Links.HasChildrenAsync(Tenant, gateway.Id, Relation.Device, Cancellation));
    }

    [Fact]
    public async Task Lines_are_followed_up_and_down_and_never_closed()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var (top, middle, low) = (await AssetAsync(cloud, "a"), await AssetAsync(cloud, "b"), await AssetAsync(cloud, "c"));
        await cloud.One.Links.AddAsync(Tenant, top, Relation.Asset, middle, Cancellation);
        await cloud.One.Links.AddAsync(Tenant, middle, Relation.Addition, low, Cancellation);
        Relation[] all = Enum.GetValues<Relation>();

        var lowest = (await cloud.One.Devices.GetAsync(Tenant, low, Cancellation)).Value;
        Assert.Equal([middle, top], await cloud.One.Links.AncestorsAsync(Tenant, lowest, all, Cancellation));
        Assert.Equal([middle, low], await cloud.One.Links.DescendantsAsync(Tenant, top, all, Cancellation).ToListAsync(Cancellation));
        var refused = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Links.AddAsync(Tenant, middle, Relation.Asset, top, Cancellation)
        );
        Assert.Equal(Refusal.Invalid, refused.Refusal);
    }

    [Fact]
    public async Task An_asset_has_no_identity_until_it_becomes_a_device()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var asset = await AssetAsync(cloud, "pump house");
        var device = await cloud.AddDeviceAsync("pump");

        var (devices, _) = await cloud.One.Devices.ListAsync(Tenant, null, null, 10, null, Cancellation);
        Assert.Equal([device.Id], devices.Select(twin => twin.Value.Id));
        Assert.Equal(2, await cloud.One.Devices.CountObjectsAsync(Tenant, null, Cancellation));
        Assert.Equal(device.HubId, cloud.Gateway.Registered!.HubId);

        var stored = await cloud.One.Service.UpdateAsync(Tenant, asset, twin => twin with { IsAsset = false }, null, Cancellation);

        Assert.Equal(stored.Value.HubId, cloud.Gateway.Registered!.HubId);
        Assert.NotNull(cloud.Gateway.Registered!.PrimaryKey);
        Assert.Equal(2, await cloud.One.Devices.CountAsync(Tenant, null, Cancellation));
        Assert.Equal(asset, (await cloud.One.Devices.FindByHubIdAsync(stored.Value.HubId, Cancellation))?.Device.Value.Id);
    }

    private static async Task<string> AssetAsync(TestCloud cloud, string name)
    {
        var made = await cloud.One.Service.CreateAsync(Tenant, new NewDevice { Name = name, IsAsset = true }, Cancellation);
        return made.Value.Id;
    }
}
