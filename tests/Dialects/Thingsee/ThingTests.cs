using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class ThingTests
{
    private const string Tuid = "TSPR04E2O90201558";

    [Fact]
    public async Task An_installation_makes_the_thing_and_its_history_is_kept()
    {
        await using var server = await ThingseeServer.StartAsync();
        Assert.Equal(404, (await server.AskAsync("GET", $"/v1/things/{Tuid}/installations?limit=1")).Status);

        Assert.Equal(
            $$"""{"tuid":"{{Tuid}}","installation_status":"installed","group_id":"unassigned"}""",
            await server.PostAsync($"/v1/things/{Tuid}/installations", """{"installation_status":"installed"}""")
        );
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(5));
        await server.PostAsync($"/v1/things/{Tuid}/installations/", """{"installation_status":"quarantine"}""");

        var (first, second) = (server.Cloud.Time.GetUtcNow().ToUnixTimeSeconds() - 5, server.Cloud.Time.GetUtcNow().ToUnixTimeSeconds());
        var newest = $$"""{"tuid":"{{Tuid}}","installation_status":"quarantine","timestamp":{{second}}}""";
        var oldest = $$"""{"tuid":"{{Tuid}}","installation_status":"installed","timestamp":{{first}}}""";
        Assert.Equal($"[{newest}]", await server.GetAsync($"/v1/things/{Tuid}/installations?limit=1"));
        Assert.Equal($"[{newest},{oldest}]", await server.GetAsync($"/v1/things/{Tuid}/installations"));
        var thing = await server.ThingAsync(Tuid);
        Assert.Equal(("quarantine", Tuid), (thing.Installation, thing.Name));
        Assert.Null((await server.One.Devices.GetKeysAsync(TestCloud.Tenant, thing.Id, TestCloud.Cancellation)).Primary);
    }

    [Fact]
    public async Task A_device_of_another_door_is_a_thing_under_its_id_and_new()
    {
        await using var server = await ThingseeServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("pump-1", new NewDevice { Location = new Location(65.01, 25.52), Firmware = "1.2" });

        Assert.Contains(
            "\"installation_status\":\"new\"",
            await server.GetAsync($"/v1/things/{device.Id}/installations"),
            StringComparison.Ordinal
        );
        Assert.Equal($$"""{"tuid":"{{device.Id}}","group_id":"unassigned"}""", await server.GetAsync($"/v1/things/{device.Id}/group"));
        Assert.Equal(
            """{"battery_level":null,"timestamp":null,"location":{"lat":65.01,"lon":25.52},"gateway_tuid":null,"version":"1.2"}""",
            await server.GetAsync($"/v1/things/{device.Id}")
        );
    }

    [Fact]
    public async Task A_thing_is_told_by_its_newest_messages()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.SendAsync(
            $$"""
            [{"tsmId":1110,"tsmEv":101,"tsmTs":1586952600,"tsmTuid":"{{Tuid}}","tsmGw":"XXXX00X1O73360354","batl":34.6},
             {"tsmId":1210,"tsmEv":10,"tsmTs":1586952601,"tsmTuid":"{{Tuid}}","lat":65.01,"lon":25.52,"lacr":5},
             {"tsmId":1100,"tsmEv":11,"tsmTs":1586952602,"tsmTuid":"{{Tuid}}","swVersion":"2019.11.15.2_ts_pod3wp34"},
             {"tsmId":1110,"tsmEv":101,"tsmTs":1586952604.4,"tsmTuid":"{{Tuid}}","tsmGw":"XXXX00X1O73360355","batl":85.5}]
            """
        );

        Assert.Equal(
            """{"battery_level":86,"timestamp":1586952604,"location":{"lat":65.01,"lon":25.52},"gateway_tuid":"XXXX00X1O73360355","version":"2019.11.15.2_ts_pod3wp34"}""",
            await server.GetAsync($"/v1/things/{Tuid}")
        );
        Assert.Empty(await server.DeadLettersAsync());
    }

    [Fact]
    public async Task Messages_are_given_back_newest_first_with_whole_numbers_and_their_group()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.PostAsync("/v1/groups", """{"group_id":"prfi00a"}""");
        await server.PostAsync($"/v1/things/{Tuid}/group", """{"group_id":"prfi00a"}""");
        await server.SendAsync(
            $$"""
            [{"tsmId":1110,"tsmEv":101,"tsmTs":100,"tsmTuid":"{{Tuid}}","batl":34.6},
             {"tsmId":12100,"tsmEv":10,"tsmTs":101.75,"tsmTuid":"{{Tuid}}","temp":21.5,"list":[1,{"a":2}]},
             {"tsmId":12100,"tsmEv":9,"tsmTs":103,"tsmTuid":"{{Tuid}}","temp":22}]
            """
        );

        var battery = $$"""{"tsmId":1110,"tsmEv":101,"tsmTs":100,"tsmTuid":"{{Tuid}}","batl":35,"deploymentGroupId":"prfi00a"}""";
        var first =
            $$"""{"tsmId":12100,"tsmEv":10,"tsmTs":102,"tsmTuid":"{{Tuid}}","temp":21.5,"list":[1,{"a":2}],"deploymentGroupId":"prfi00a"}""";
        var second = $$"""{"tsmId":12100,"tsmEv":9,"tsmTs":103,"tsmTuid":"{{Tuid}}","temp":22,"deploymentGroupId":"prfi00a"}""";
        foreach (
            var (query, expected) in new[]
            {
                ("limit=10", $"[{second},{first},{battery}]"),
                ("limit=1", $"[{second}]"),
                ("limit=10&messageid=1110", $"[{battery}]"),
                ("limit=10&messageid=1110,12100&eventid=9,101", $"[{second},{battery}]"),
                ("limit=10&eventid=10", $"[{first}]"),
                ("limit=10&from=101&to=102", $"[{first}]"),
                ("limit=10&from=100&to=100", $"[{battery}]"),
                ("limit=10&from=104", "[]"),
                ("limit=10&messageid=0", "[]"),
            }
        )
        {
            Assert.Equal(expected, await server.GetAsync($"/v1/things/{Tuid}/messages?{query}"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=10001")]
    [InlineData("limit=1&messageid=a")]
    [InlineData("limit=1&eventid=1,")]
    [InlineData("limit=1&from=yesterday")]
    [InlineData("limit=1&to=99999999999999")]
    public async Task A_wrong_query_is_said(string query)
    {
        await using var server = await ThingseeServer.StartAsync();

        var (status, body) = await server.AskAsync("GET", $"/v1/things/{Tuid}/messages?{query}");

        Assert.Equal((400, 400, "Bad Request"), (status, (int)body["statusCode"]!, (string)body["error"]!));
    }

    [Fact]
    public async Task Readings_of_other_doors_are_rows_of_no_message()
    {
        await using var server = await ThingseeServer.StartAsync();
        var device = await server.Cloud.AddDeviceAsync("pump-1");
        await server.SendAsync("""{"timestamp":1586952604123,"temp":21.5,"a":{"b":true},"tsmEv":7}""", "pump-1");
        await server.SendAsync("""{"tsmId":12100,"tsmEv":10,"tsmTs":1586952605,"temp":22}""", "pump-1");

        var row =
            $$"""{"tsmId":0,"tsmEv":0,"tsmTs":1586952604,"tsmTuid":"{{device.Id}}","temp":21.5,"a.b":true,"deploymentGroupId":"unassigned"}""";
        var message =
            $$"""{"tsmId":12100,"tsmEv":10,"tsmTs":1586952605,"temp":22,"tsmTuid":"{{device.Id}}","deploymentGroupId":"unassigned"}""";
        Assert.Equal($"[{message},{row}]", await server.GetAsync($"/v1/things/{device.Id}/messages?limit=10"));
        Assert.Equal($"[{row}]", await server.GetAsync($"/v1/things/{device.Id}/messages?limit=10&messageid=0"));
        Assert.Equal($"[{message}]", await server.GetAsync($"/v1/things/{device.Id}/messages?limit=10&eventid=10"));
    }

    [Fact]
    public async Task Messages_of_one_instant_stay_apart_also_when_they_come_again()
    {
        await using var server = await ThingseeServer.StartAsync();
        var array = $$"""
            [{"tsmId":1202,"tsmEv":10,"tsmTs":100,"tsmTuid":"{{Tuid}}","tuid":"A","rssi":1},
             {"tsmId":1202,"tsmEv":10,"tsmTs":100,"tsmTuid":"{{Tuid}}","tuid":"B","rssi":2}]
            """;
        await server.SendAsync(array);
        await server.SendAsync(array);

        var messages = (await server.AskAsync("GET", $"/v1/things/{Tuid}/messages?limit=10")).Body["data"]!.AsArray();

        Assert.Equal(["B", "A"], messages.Select(message => (string)message!["tuid"]!));
        Assert.All(messages, message => Assert.Equal(100, (int)message!["tsmTs"]!));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_a_dead_letter_alone()
    {
        await using var server = await ThingseeServer.StartAsync();

        await server.SendAsync(
            $$"""[5,{"tsmId":12100,"tsmEv":10,"tsmTs":"x"},{"tsmId":12100,"tsmEv":10,"tsmTs":1,"tsmTuid":"{{Tuid}}","temp":1}]"""
        );

        Assert.Equal(2, (await server.DeadLettersAsync()).Length);
        Assert.Equal("1", (await server.Cloud.PointsAsync(await server.ThingAsync(Tuid), "temp")).Split(':')[1]);
    }

    [Fact]
    public async Task A_gateway_speaks_for_its_own_things_and_no_others()
    {
        await using var server = await ThingseeServer.StartAsync();
        var own = await server.Cloud.AddDeviceAsync("gateway-2");
        await server.SendAsync($$"""[{"tsmId":12100,"tsmEv":10,"tsmTs":1,"tsmTuid":"{{Tuid}}","temp":1}]""");

        await server.SendAsync($$"""[{"tsmId":12100,"tsmEv":10,"tsmTs":2,"tsmTuid":"{{Tuid}}","temp":2}]""", "gateway-2");
        await server.SendAsync("""[{"tsmId":12100,"tsmEv":10,"tsmTs":2,"tsmTuid":"TSNEW1","temp":3}]""", "gateway-2");

        Assert.Contains("not behind the device", Assert.Single(await server.DeadLettersAsync()), StringComparison.Ordinal);
        Assert.Equal([own.Id], (await server.ThingAsync("TSNEW1")).Parents);
        var (children, _) = await server.Cloud.One.Links.ListChildrenAsync(
            TestCloud.Tenant,
            own.Id,
            Relation.Device,
            10,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal([(await server.ThingAsync("TSNEW1")).Id], children);
    }

    [Fact]
    public async Task Texts_and_numbers_of_a_message_are_measurements_for_every_door()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.SendAsync($$"""[{"tsmId":12100,"tsmEv":10,"tsmTs":1772366400,"tsmTuid":"{{Tuid}}","temp":21.5,"humd":40}]""");

        var thing = await server.ThingAsync(Tuid);

        Assert.Equal("0:21.5", await server.Cloud.PointsAsync(thing, "temp"));
        Assert.Equal([("temp", "°C"), ("humd", "%")], thing.Channels.Select(channel => (channel.Measurement, channel.Unit)));
    }
}
