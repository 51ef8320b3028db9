using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_that_came_by_another_door_is_called_by_its_id_and_name()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var twin = await server.Cloud.AddDeviceAsync("pump-7", new NewDevice { Name = "Pump 7", Type = "pump" });

        var shown = (await server.GetAsync($"/v2/device/{twin.Id}")).Json[0]!;

        Assert.Equal(twin.Id, (string)shown["device_id"]!);
        Assert.Equal("Pump 7", (string)shown["description"]!);
        Assert.Equal("pump", (string)shown["device_type"]!);
        Assert.Null(shown["mapped_ch"]);
        Assert.Equal("{}", shown["state"]!.ToJsonString());
        Assert.Equal(403, (await server.SendAsync("POST", $"/v2/device/{twin.Id}")).Status);
    }

    [Fact]
    public async Task What_was_read_can_be_sent_back_and_other_fragments_stay()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.MapAsync("one");
        await server.Cloud.One.Devices.UpdateAsync(
            TestCloud.Tenant,
            device.Id,
            twin =>
                twin with
                {
                    Fragments = new JsonObject
                    {
                        ["mine"] = 1,
                        ["thingscale"] = new JsonObject { ["mappedChannel"] = 0, ["more"] = 2 },
                    },
                },
            null,
            TestCloud.Cancellation
        );
        var shown = (await server.GetAsync("/v2/device/one")).Json[0]!.AsObject();
        shown["description"] = "changed";

        var answer = await server.SendAsync("PUT", "/v2/device/one", shown.ToJsonString());

        Assert.Equal("changed", (string)answer.Json[0]!["description"]!);
        var fragments = (await server.TwinAsync("one")).Fragments;
        Assert.Equal(1, (int)fragments["mine"]!);
        Assert.Equal(2, (int)fragments["thingscale"]!["more"]!);
    }

    [Fact]
    public async Task A_fragment_that_others_wrote_otherwise_is_as_if_it_were_missing()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var fragments = new[]
        {
            """{"thingscale":1}""",
            """{"thingscale":{"description":1,"mappedChannel":"x","state":[],"location":null,"manufacturer":{}}}""",
            """{"thingscale":{"mappedChannel":-1,"state":{"last_update":5,"none":null}}}""",
            """{"thingscale":{"mappedChannel":1.5,"state":{"last_update":"never"}}}""",
        };
        for (var i = 0; i < fragments.Length; i++)
        {
            await server.Cloud.AddDeviceAsync($"hub-{i}", new NewDevice { Fragments = JsonNode.Parse(fragments[i])!.AsObject() });
        }

        var devices = (await server.GetAsync("/v2/device")).Json.AsArray();

        Assert.Equal(fragments.Length, devices.Count);
        Assert.All(devices, device => Assert.Null(device!["mapped_ch"]));
        Assert.Equal(200, (await server.GetAsync("/v2/channel")).Status);
        Assert.Equal(200, (await server.SendAsync("PUT", $"/v2/device/{devices[0]!["device_id"]}", """{"description":"x"}""")).Status);
    }

    [Fact]
    public async Task All_devices_are_listed_however_many()
    {
        await using var server = await ThingScaleServer.StartAsync();
        for (var i = 1; i <= 250; i++)
        {
            Assert.Equal(201, (await server.SendAsync("POST", $"/v2/device/device-{i}")).Status);
        }

        var ids = (await server.GetAsync("/v2/device")).Json.AsArray().Select(device => (string)device!["device_id"]!).ToList();

        Assert.Equal(Enumerable.Range(1, 250).Select(i => $"device-{i}"), ids);
    }

    [Fact]
    public async Task A_channel_goes_with_its_tags_and_leaves_its_devices_mapped_to_none()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.MapAsync("two", 1);
        await server.SendAsync("POST", "/v2/channel/0", null, ("X-TAGNAME", "node/1".Replace('/', '-')));

        Assert.Equal(204, (await server.SendAsync("DELETE", "/v2/channel/0")).Status);

        Assert.Null((await server.GetAsync("/v2/device/one")).Json[0]!["mapped_ch"]);
        Assert.Equal(1, (int)(await server.GetAsync("/v2/device/two")).Json[0]!["mapped_ch"]!);
        Assert.Equal("""404 {"error":"NO_CHANNEL"}""", (await server.SendAsync("DELETE", "/v2/channel/0")).ToString());
        Assert.Equal("403 NO_MAPPED_CH", (await server.PostAsync("one", "1")).ToString());
        var channels = (await server.GetAsync("/v2/channel", ("X-WITHTAG", "true"))).Json.AsArray();
        Assert.Equal(1, (int)Assert.Single(channels)!["channel"]!);
    }

    [Fact]
    public async Task Channels_are_in_the_order_of_their_numbers_each_with_its_own_last_row()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("ten", 10);
        await server.MapAsync("nine", 9);
        server.SetClock("2026-03-02T00:00:00+09:00");
        await server.PostAsync("nine", "1", tag: "b");
        server.SetClock("2026-03-03T00:00:00+09:00");
        await server.PostAsync("nine", "1", tag: "a");
        await server.SendAsync("PUT", "/v2/channel/9", """{"channel_name":"named"}""", ("X-TAGNAME", "b"));

        Assert.Equal(
            """[{"channel":9,"channel_name":"CH9","last_update":"2026-03-03T00:00:00+0900"},{"channel":10,"channel_name":"CH10","last_update":"2026-03-01T21:00:00+0900"}]""",
            (await server.GetAsync("/v2/channel")).Body
        );
        Assert.Equal(
            """[{"channel":9,"tag":"b","channel_name":"named","last_update":"2026-03-02T00:00:00+0900"},{"channel":9,"tag":"a","channel_name":"CH9","last_update":"2026-03-03T00:00:00+0900"},{"channel":10,"tag":null,"channel_name":"CH10","last_update":"2026-03-01T21:00:00+0900"}]""",
            (await server.GetAsync("/v2/channel", ("X-WITHTAG", "true"))).Body
        );
    }

    [Fact]
    public async Task Event_ids_are_never_given_twice()
    {
        await using var server = await ThingScaleServer.StartAsync();

        Assert.Equal("""{"event_id":1}""", (await server.SendAsync("POST", "/v2/event")).Body);
        Assert.Equal(204, (await server.SendAsync("DELETE", "/v2/event/1")).Status);
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.SendAsync("POST", "/v2/event")));
        Assert.Equal(Enumerable.Range(2, 10), made.Select(answer => (int)answer.Json["event_id"]!).Order());
        Assert.Equal(10, (await server.GetAsync("/v2/event")).Json.AsArray().Count);
    }

    [Fact]
    public async Task Storage_counts_the_rows_as_they_were_sent()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.PostAsync("one", "1");
        await server.PostAsync("one", """{"text":"ツ"}""", tag: "t");

        var storage = (await server.GetAsync("/v2/user")).Json[0]!["storage"]!;

        Assert.Equal(
            """{"tag":null,"value":{"value":1}}""".Length + """{"tag":"t","value":{"text":"ツ"}}""".Length + 2,
            (int)storage["usage_bytes"]!
        );
        Assert.Equal(2, (int)storage["count"]!);
    }
}
