using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Azure.IotHub;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Azure.Tests.IotHub;

public sealed class HubReconciliationTests
{
    private readonly HubFixture fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_side_lacks_it_gets_and_the_differences_are_reported()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var ours = await cloud.AddDeviceAsync("ours");
        var both = await cloud.AddDeviceAsync("both");
        var shut = await cloud.AddDeviceAsync("shut", new NewDevice { Enabled = false });
        fixture.Hub.Add(
            "both",
            """
            {"connectionState":"Connected","connectionStateUpdatedTime":"2026-03-01T12:00:00Z"}
            """,
            """
            {"fw":"1.1","$metadata":{},"$version":4}
            """
        );
        fixture.Hub.Add("shut");
        fixture.Hub.Add("theirs", reported: """{"x":1,"$version":2}""");

        var found = await RunAsync(cloud);

        Assert.Equal((3, 4), (found.AtHub, found.Here));
        Assert.Equal(["ours"], found.Registered);
        Assert.Equal(["theirs"], found.Unknown);
        Assert.Equal(["shut"], found.Switched);
        Assert.Equal(["both"], found.Connections);
        Assert.Empty(found.Refused);
        var keys = await cloud.One.Devices.GetKeysAsync(TestCloud.Tenant, ours.Id, Cancellation);
        Assert.Equal(keys.Primary, fixture.Hub.Devices["ours"]["authentication"]!["symmetricKey"]!["primaryKey"]!.ToString());
        Assert.Equal("disabled", fixture.Hub.Devices["shut"]["status"]!.ToString());
        var twin = await cloud.TwinAsync(both);
        Assert.Equal(("""{"fw":"1.1"}""", true), (twin.Reported.Values.ToJsonString(), twin.Connection?.Connected));
        var taken = (await cloud.One.Devices.FindByHubIdAsync("theirs", Cancellation))!.Value.Device.Value;
        Assert.Equal("""{"x":1}""", taken.Reported.Values.ToJsonString());
        Assert.False((await cloud.TwinAsync(shut)).Enabled);
    }

    [Fact]
    public async Task Two_that_are_in_step_stay_as_they_are()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        await RunAsync(cloud);
        fixture.Hub.Requests.Clear();

        var found = await RunAsync(cloud);

        Assert.Equal((1, 1), (found.AtHub, found.Here));
        Assert.Empty(found.Registered.Concat(found.Unknown).Concat(found.Switched).Concat(found.Connections).Concat(found.Refused));
        Assert.Single(fixture.Hub.Requests);
    }

    [Fact]
    public async Task The_registry_is_asked_only_of_connections_that_differ()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("on");
        await cloud.AddDeviceAsync("off");
        await RunAsync(cloud);
        fixture.Hub.Devices["on"]["connectionState"] = "Connected";
        fixture.Hub.Devices["on"]["connectionStateUpdatedTime"] = "2026-03-01T12:00:00Z";
        fixture.Hub.Requests.Clear();

        var (first, second) = (await RunAsync(cloud), await RunAsync(cloud));

        Assert.Equal((1, 0), (first.Connections.Count, second.Connections.Count));
        Assert.Equal(["/devices/on"], fixture.Hub.Requests.Where(request => request.Method == "GET").Select(request => request.Path));
    }

    [Fact]
    public async Task A_device_that_the_hubs_query_still_has_and_its_registry_not_does_not_come_back()
    {
        await using var cloud = await TestCloud.OpenAsync();
        fixture.Hub.Faults.Enqueue(() =>
            FakeIotHub.Json(HttpStatusCode.OK, new JsonArray(JsonNode.Parse("""{"deviceId":"gone","status":"enabled"}""")))
        );

        var found = await RunAsync(cloud);

        Assert.Equal((0, 0), (found.AtHub, found.Unknown.Count));
        Assert.Null(await cloud.One.Devices.FindByHubIdAsync("gone", Cancellation));
    }

    [Fact]
    public async Task A_device_that_is_deleted_here_while_it_is_registered_is_none_at_the_hub_either()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("d");
        cloud.Store.AfterGet = async key =>
        {
            if (key.Kind == Kinds.DeviceKeys)
            {
                cloud.Store.AfterGet = _ => Task.CompletedTask;
                await cloud.One.Service.DeleteAsync(TestCloud.Tenant, device.Id, null, Cancellation);
            }
        };

        Assert.Empty((await RunAsync(cloud)).Registered);
        Assert.Empty(fixture.Hub.Devices);
    }

    [Fact]
    public async Task A_hub_that_goes_away_half_way_leaves_what_is_right()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.AddDeviceAsync("d");
        for (var i = 0; i < 4; i++)
        {
            fixture.Hub.Faults.Enqueue(() => FakeIotHub.Error(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"));
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => RunAsync(cloud));

        Assert.Equal(["d"], (await RunAsync(cloud)).Registered);
    }

    private Task<HubDifferences> RunAsync(TestCloud cloud) =>
        new HubReconciliation(
            fixture.Client,
            fixture.Gateway,
            cloud.One.Tenants,
            cloud.One.Devices,
            cloud.One.Pipeline,
            cloud.Time,
            NullLogger<HubReconciliation>.Instance
        ).RunAsync(Cancellation);
}
