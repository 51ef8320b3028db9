using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Devices;

public sealed class DeviceServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_is_made_with_what_is_given_and_found_by_each_of_its_names()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var serial = new ExternalId("c8y_Serial", "SN/1?#");
        var made = await cloud.One.Service.CreateAsync(
            TestCloud.Tenant,
            new NewDevice { Name = "Pump", ExternalIds = [serial] },
            Cancellation
        );
        var twin = made.Value;

        foreach (
            var found in new[]
            {
                await cloud.One.Devices.FindAsync(TestCloud.Tenant, twin.Id, Cancellation),
                await cloud.One.Devices.FindByUuidAsync(TestCloud.Tenant, twin.Uuid, Cancellation),
                await cloud.One.Devices.FindByExternalIdAsync(TestCloud.Tenant, serial, Cancellation),
                (await cloud.One.Devices.FindByHubIdAsync(twin.Uuid.ToString(), Cancellation))?.Device,
            }
        )
        {
            Assert.Equal((twin.Id, made.ETag), (found?.Value.Id, found?.ETag));
        }

        var keys = await cloud.One.Devices.GetKeysAsync(TestCloud.Tenant, twin.Id, Cancellation);
        Assert.Equal((32, 32), (Convert.FromBase64String(keys.Primary!).Length, Convert.FromBase64String(keys.Secondary!).Length));
        var registered = cloud.Gateway.Registered!;
        Assert.Equal((twin.HubId, keys.Primary, keys.Secondary), (registered.HubId, registered.PrimaryKey, registered.SecondaryKey));
        Assert.Equal($"{TestCloud.Tenant}-{twin.Id}-created-1", Assert.Single(cloud.Events.Events).Id);
    }

    [Fact]
    public async Task Names_are_unique_in_their_tenant_and_hub_ids_in_the_cloud()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");
        var twin = await cloud.AddDeviceAsync("hub-1", new NewDevice { Uuid = Guid.NewGuid() });
        var serial = new ExternalId("serial", "1");
        await cloud.One.Service.UpdateAsync(
            TestCloud.Tenant,
            twin.Id,
            old => old with { ExternalIds = [.. old.ExternalIds, serial] },
            null,
            Cancellation
        );

        await RefusedAsync(cloud, TestCloud.Tenant, new NewDevice { ExternalIds = [serial] });
        await RefusedAsync(cloud, TestCloud.Tenant, new NewDevice { Uuid = twin.Uuid, ExternalIds = [new("iothub", "hub-2")] });
        await RefusedAsync(cloud, "t2", new NewDevice { ExternalIds = [new("iothub", "hub-1")] });
        await cloud.One.Service.CreateAsync("t2", new NewDevice { ExternalIds = [serial] }, Cancellation);
        Assert.Equal(twin.Id, (await cloud.One.Devices.FindByHubIdAsync("hub-1", Cancellation))?.Device.Value.Id);
    }

    [Fact]
    public async Task An_id_that_another_instance_has_made_too_is_made_anew()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var taken = "";
        cloud.Store.BeforeCommit = async (partition, writes) =>
        {
            if (writes.FirstOrDefault(write => write is { Mode: WriteMode.Create, Kind: Kinds.Device }) is { } device && taken.Length == 0)
            {
                taken = device.Id;
                var other = JsonNode.Parse(device.Body.Span)!.AsObject();
                other["externalIds"] = new JsonArray();
                await cloud.Store.CommitAsync(
                    partition,
                    [device with { Body = System.Text.Encoding.UTF8.GetBytes(other.ToJsonString()) }],
                    Cancellation
                );
            }
        };

        var twin = await cloud.AddDeviceAsync("d");

        Assert.NotEqual(taken, twin.Id);
        Assert.Equal(twin.Id, (await cloud.One.Devices.FindByHubIdAsync("d", Cancellation))?.Device.Value.Id);
    }

    [Fact]
    public async Task Two_tenants_that_take_a_hub_id_at_once_leave_one_device_that_has_it()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddTenantAsync("t2");
        var device = new NewDevice { ExternalIds = [new("iothub", "hub-1")] };
        cloud.Store.OnceBefore(Kinds.Device, () => cloud.Instance().Service.CreateAsync("t2", device, Cancellation));

        await RefusedAsync(cloud, TestCloud.Tenant, device);

        Assert.Equal("t2", (await cloud.One.Devices.FindByHubIdAsync("hub-1", Cancellation))?.Tenant);
        Assert.Null(await cloud.One.Devices.FindByExternalIdAsync(TestCloud.Tenant, new("iothub", "hub-1"), Cancellation));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("type")]
    [InlineData("externalIds")]
    [InlineData("channels")]
    [InlineData("key")]
    [InlineData("thumbprints")]
    public async Task What_is_wrong_is_named_and_nothing_is_made(string member)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = member switch
        {
            "name" => new NewDevice { Name = "" },
            "type" => new NewDevice { Type = new string('x', 257) },
            "externalIds" => new NewDevice { ExternalIds = [new("iothub", "a b")] },
            "channels" => new NewDevice { Channels = [new(1, "a", "b"), new(1, "c", "d")] },
            "key" => new NewDevice { Keys = new DeviceKeys("short", null, []) },
            _ => new NewDevice { Keys = new DeviceKeys(null, null, ["AB:CD"]) },
        };

        var refused = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Service.CreateAsync(TestCloud.Tenant, device, Cancellation)
        );

        Assert.Equal((Refusal.Invalid, member), (refused.Refusal, refused.Member));
        Assert.Equal(0, await cloud.Store.CountAsync(new DocumentQuery(TestCloud.Tenant, Kinds.Device), Cancellation));
        Assert.Empty(cloud.Gateway.Calls);
    }

    [Fact]
    public async Task An_update_is_one_version_under_the_tag_seen()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");
        var seen = await cloud.One.Devices.GetAsync(TestCloud.Tenant, twin.Id, Cancellation);

        var renamed = await UpdateAsync(cloud, twin, old => old with { Name = "new" }, seen.ETag);
        var same = await UpdateAsync(cloud, twin, old => old, null);
        var refused = await Assert.ThrowsAsync<DomainException>(() => UpdateAsync(cloud, twin, old => old with { Name = "x" }, seen.ETag));

        Assert.Equal(("new", 2L), (renamed.Value.Name, renamed.Value.Version));
        Assert.Equal(renamed.ETag, same.ETag);
        Assert.Equal(Refusal.PreconditionFailed, refused.Refusal);
        await Assert.ThrowsAsync<DomainException>(() => UpdateAsync(cloud, twin with { Id = "1" }, old => old, null));
    }

    [Fact]
    public async Task Updates_at_once_all_take_effect()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");
        var instances = new[] { cloud.Instance(), cloud.Instance() };

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(() =>
                        instances[i % 2]
                            .Service.PatchDesiredAsync(TestCloud.Tenant, twin.Id, new JsonObject { [$"p{i}"] = i }, null, Cancellation)
                    )
                )
        );

        var after = await cloud.TwinAsync(twin);
        Assert.Equal((21L, 21L, 20), (after.Version, after.Desired.Version, after.Desired.Values.Count));
        Assert.Equal(20, cloud.Gateway.Calls.Count(call => call.StartsWith("push d", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_device_is_told_of_its_desired_properties_in_the_order_of_their_versions()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");
        using var held = new ManualResetEventSlim();
        var told = 0;
        cloud.One.Devices.Changed += _ =>
        {
            if (Interlocked.Increment(ref told) == 1)
            {
                held.Wait(Cancellation);
            }
        };

        var first = Task.Run(() => PatchAsync(1), Cancellation);
        while (Volatile.Read(ref told) == 0)
        {
            await Task.Delay(10, Cancellation);
        }

        var second = Task.Run(() => PatchAsync(2), Cancellation);
        await Task.WhenAny(second, Task.Delay(200, Cancellation));
        held.Set();
        await Task.WhenAll(first, second);

        Assert.Equal(
            ["""push d {"a":1} 2""", """push d {"a":2} 3"""],
            cloud.Gateway.Calls.Where(call => call.StartsWith("push", StringComparison.Ordinal))
        );

        Task PatchAsync(int value) =>
            cloud.One.Service.PatchDesiredAsync(TestCloud.Tenant, twin.Id, new JsonObject { ["a"] = value }, null, Cancellation);
    }

    [Fact]
    public async Task A_patch_that_the_hub_does_not_take_changes_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d", new NewDevice { Desired = new() { ["a"] = 1 } });
        cloud.Gateway.Hub = (_, _) => throw DomainException.Invalid("desired", "Too deep.");

        var refused = await Assert.ThrowsAsync<DomainException>(() =>
            cloud.One.Service.PatchDesiredAsync(TestCloud.Tenant, twin.Id, new() { ["a"] = 2 }, null, Cancellation)
        );

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.Equal("""{"a":1}""", (await cloud.TwinAsync(twin)).Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task A_device_that_the_hub_does_not_take_is_none_here_either()
    {
        await using var cloud = await TestCloud.OpenAsync();
        cloud.Gateway.Hub = (_, _) => throw DomainException.Invalid("keys", "The hub is full.");
        var uuid = Guid.NewGuid();

        await Assert.ThrowsAsync<DomainException>(() => cloud.AddDeviceAsync("d", new NewDevice { Uuid = uuid }));

        Assert.Null(await cloud.One.Devices.FindByHubIdAsync("d", Cancellation));
        cloud.Gateway.Hub = (_, _) => Task.FromResult<HubDesired?>(null);
        Assert.Equal(uuid, (await cloud.AddDeviceAsync("d", new NewDevice { Uuid = uuid })).Uuid);
    }

    [Fact]
    public async Task The_hub_is_told_what_a_new_device_is_desired_to_be()
    {
        await using var cloud = await TestCloud.OpenAsync();

        await cloud.AddDeviceAsync("d", new NewDevice { Desired = new() { ["a"] = 1 } });

        Assert.Equal(["register d", """push d {"a":1} 1"""], cloud.Gateway.Calls);
    }

    [Fact]
    public async Task A_new_hub_id_moves_the_device_in_its_hub_and_frees_the_old_one()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("old");

        await UpdateAsync(cloud, twin, old => old with { ExternalIds = [new("iothub", "new")] }, null);

        Assert.Equal(["register old", "remove old", "register new"], cloud.Gateway.Calls);
        Assert.Null(await cloud.One.Devices.FindByHubIdAsync("old", Cancellation));
        Assert.Equal(twin.Id, (await cloud.One.Devices.FindByHubIdAsync("new", Cancellation))?.Device.Value.Id);
        await cloud.AddDeviceAsync("old");
    }

    [Fact]
    public async Task Disabling_tells_the_hub()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");

        await UpdateAsync(cloud, twin, old => old with { Enabled = false }, null);

        Assert.False(cloud.Gateway.Registered!.Enabled);
    }

    [Fact]
    public async Task Deletion_takes_the_device_its_names_keys_and_points_and_its_versions_go_on()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");
        await UpdateAsync(cloud, twin, old => old with { Name = "x" }, null);
        var point = new Point("m", TagSet.Of("uuid", twin.Uuid.ToString()), "value", 0, FieldValue.Of(1.0));
        await cloud.Series.WriteAsync(TestCloud.Tenant, Tenant.DeviceDatabase, [point], Cancellation);

        await Assert.ThrowsAsync<DomainException>(() => cloud.One.Service.DeleteAsync(TestCloud.Tenant, twin.Id, "stale", Cancellation));
        await cloud.One.Service.DeleteAsync(TestCloud.Tenant, twin.Id, null, Cancellation);

        Assert.Null(await cloud.One.Devices.FindByHubIdAsync("d", Cancellation));
        Assert.Null(await cloud.One.Devices.FindByUuidAsync(TestCloud.Tenant, twin.Uuid, Cancellation));
        Assert.Equal(DeviceKeys.None, await cloud.One.Devices.GetKeysAsync(TestCloud.Tenant, twin.Id, Cancellation));
        Assert.Equal("", await cloud.PointsAsync(twin, "m"));
        Assert.Equal(["serverless.device.created", "serverless.device.deleted"], cloud.Events.Types);
        Assert.Contains("remove d", cloud.Gateway.Calls);
        await Assert.ThrowsAsync<DomainException>(() => cloud.One.Service.DeleteAsync(TestCloud.Tenant, twin.Id, null, Cancellation));

        var again = await cloud.AddDeviceAsync("d", new NewDevice { Uuid = twin.Uuid });
        Assert.Equal((3L, 2L), (again.Version, again.Desired.Version));
    }

    [Fact]
    public async Task Every_change_of_a_twin_is_logged_once_with_the_commit()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var twin = await cloud.AddDeviceAsync("d");
        await UpdateAsync(cloud, twin, old => old with { Name = "x" }, null);
        await cloud.One.Service.DeleteAsync(TestCloud.Tenant, twin.Id, null, Cancellation);

        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, Cancellation);

        Assert.Equal(["1 create", "2 update", "3 delete"], changes.Select(change => $"{change.Sequence} {change.Action}"));
        Assert.All(changes, change => Assert.Equal((DeviceDirectory.ChangeKind, twin.Id), (change.Kind, change.Source)));
        Assert.Equal("x", changes[1].Body["name"]!.ToString());
        Assert.DoesNotContain(changes, change => change.Body.ToJsonString().Contains("primary", StringComparison.OrdinalIgnoreCase));
    }

    private static Task<Stored<DeviceTwin>> UpdateAsync(
        TestCloud cloud,
        DeviceTwin twin,
        Func<DeviceTwin, DeviceTwin> change,
        string? ifMatch
    ) => cloud.One.Service.UpdateAsync(TestCloud.Tenant, twin.Id, change, ifMatch, Cancellation);

    private static async Task RefusedAsync(TestCloud cloud, string tenant, NewDevice device) =>
        Assert.Equal(
            Refusal.Exists,
            (await Assert.ThrowsAsync<DomainException>(() => cloud.One.Service.CreateAsync(tenant, device, Cancellation))).Refusal
        );
}
