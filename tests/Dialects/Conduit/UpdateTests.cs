using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>PUT and DELETE of /conduitv6.</summary>
public sealed class UpdateTests
{
    private const string Done = """200 {"code":200,"error":"Completed successfully"}""";
    private const long Now = 1_772_366_400;

    [Theory]
    [InlineData("PUT", null)]
    [InlineData("POST", "PUT")]
    [InlineData("POST", "put")]
    public async Task PUT_changes_what_records_say_of_the_device_and_channel(string method, string? meant)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", Channels);
        await server.WriteAsync(device, "a", Now - 1, FieldValue.Of(10d));
        const string Change = """
            {"dev_tag":"Pump","dev_site":"City","dev_label":"Spare","dev_category":"Pumps","dev_powersource":"Solar","dev_manufacturer":"M","dev_supplier":"S","dev_model":"X1","dev_network":"LTE",
             "dev_error":4,"dev_serial":"SN","dev_type":"pump","loc_lat":1.5,"loc_lng":2.5,"val_type":"Level","val_description":"Tank","val_offset":1,"val_cal":3}
            """;
        var headers = meant is null ? Array.Empty<(string, string)>() : [("X-HTTP-Method-Override", meant)];
        var reply = await server.SendAsync(method, "/conduitv6/?id=A1&ch=1", Json(Change), ConduitServer.Token, 0, headers);
        Assert.Equal(Done, reply.ToString());
        var record = JsonNode.Parse((await server.GetAsync("/conduitv6?ch=1")).Body)!.AsArray().Single()!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(Change)!.AsObject())
        {
            Assert.Equal(value!.ToJsonString(), record[name]!.ToJsonString());
        }

        Assert.Equal(31, (double)record["val_calibrated"]!);
    }

    [Fact]
    public async Task PUT_leaves_what_it_does_not_name_and_null_takes_away()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddAsync("A1", Channels);
        await PutAsync(
            server,
            "?id=A1&ch=2",
            """{"dev_site":"City","dev_model":"X1","val_type":"Level","val_cal":2,"loc_lat":1,"loc_lng":2}"""
        );
        await PutAsync(server, "?id=A1&ch=2", """{"dev_site":null,"val_cal":0,"loc_lat":null,"loc_lng":null,"val_description":"Tank"}""");
        var twin = await server.TwinAsync("A1");
        Assert.Equal("""{"model":"X1"}""", twin.Fragments["conduit"]!.ToJsonString());
        Assert.Null(twin.Location);
        Assert.Equal(new Channel(2, "b", "value") { Type = "Level", Description = "Tank" }, twin.Channels[1]);
    }

    [Theory]
    [InlineData("", """{"dev_site":"x"}""", "400", "id names the one device.")]
    [InlineData("?id=A1,A2", """{"dev_site":"x"}""", "400", "id names the one device.")]
    [InlineData("?id=A9", """{"dev_site":"x"}""", "404", "There is no device 'A9'.")]
    [InlineData("?id=A1&ch=9", """{"val_type":"x"}""", "404", "There is no channel 9.")]
    [InlineData("?id=A1&ch=x", """{"val_type":"x"}""", "400", "ch is a whole number from 1 up.")]
    [InlineData("?id=A1", """{"val_type":"x"}""", "400", "ch names the one channel whose members are changed.")]
    [InlineData("?id=A1&ch=1,2", """{"val_type":"x"}""", "400", "ch names the one channel whose members are changed.")]
    [InlineData("?id=A1", "{}", "400", "The body has at least one member to change.")]
    [InlineData("?id=A1", """{"val_raw":1}""", "400", "The member val_raw is not one that can be changed.")]
    [InlineData("?id=A1", """{"dev_netid":"A2"}""", "400", "The member dev_netid is not one that can be changed.")]
    [InlineData("?id=A1", """{"dev_tag":null}""", "400", "dev_tag is a text.")]
    [InlineData("?id=A1", """{"dev_site":7}""", "400", "dev_site is a text of 1 to 256 characters, or null.")]
    [InlineData("?id=A1", """{"dev_error":"7"}""", "400", "dev_error is a number, or null.")]
    [InlineData("?id=A1", """{"loc_lat":7}""", "400", "A location has loc_lat and loc_lng.")]
    [InlineData("?id=A1", """{"loc_lat":91,"loc_lng":0}""", "400", "A latitude lies between -90 and 90, a longitude between -180 and 180.")]
    [InlineData("?id=A1&ch=1", """{"val_offset":"1"}""", "400", "val_offset is a number, or null.")]
    [InlineData("?id=A1", "[]", "400", "The body is a JSON object.")]
    public async Task A_wrong_PUT_changes_nothing(string query, string body, string status, string error)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", Channels);
        var reply = await server.SendAsync("PUT", $"/conduitv6{query}", Json(body));
        Assert.Equal(int.Parse(status), reply.Status);
        var answer = JsonNode.Parse(reply.Body)!;
        Assert.Equal(status, (string)answer["code"]!);
        Assert.EndsWith($": {error}", (string)answer["error"]!);
        Assert.Equal(device.Version, (await server.TwinAsync("A1")).Version);
    }

    [Theory]
    [InlineData("DELETE", null)]
    [InlineData("POST", "DELETE")]
    public async Task DELETE_of_a_range_takes_its_points_and_leaves_the_channel(string method, string? meant)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await FilledAsync(server);
        var headers = meant is null ? Array.Empty<(string, string)>() : [("X-HTTP-Method-Override", meant)];
        var reply = await server.SendAsync(
            method,
            $"/conduitv6?id=A1&ch=1&fcdt={Now - 2}&tcdt={Now - 1}",
            null,
            ConduitServer.Token,
            0,
            headers
        );
        Assert.Equal(Done, reply.ToString());
        Assert.Equal("-3:1", await server.Cloud.PointsAsync(device, "a"));
        Assert.Equal("-3:1 -2:2 -1:3", await server.Cloud.PointsAsync(device, "b"));
        Assert.Equal([1, 2], (await server.TwinAsync("A1")).Channels.Select(channel => channel.Number));
    }

    [Fact]
    public async Task DELETE_without_a_range_takes_the_channel_whole()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await FilledAsync(server);
        Assert.Equal(Done, (await server.SendAsync("DELETE", "/conduitv6?id=A1&ch=1")).ToString());
        Assert.Equal("", await server.Cloud.PointsAsync(device, "a"));
        Assert.Equal("-3:1 -2:2 -1:3", await server.Cloud.PointsAsync(device, "b"));
        Assert.Equal([2], (await server.TwinAsync("A1")).Channels.Select(channel => channel.Number));
    }

    [Theory]
    [InlineData("?ch=1", "400", "id names the one device.")]
    [InlineData("?id=A1", "400", "ch names the channels to delete.")]
    [InlineData("?id=A1&ch=1&fcdt=1", "400", "fcdt and tcdt are seconds since 1970, both or none, in their order.")]
    [InlineData("?id=A1&ch=1&fcdt=2&tcdt=1", "400", "fcdt and tcdt are seconds since 1970, both or none, in their order.")]
    [InlineData("?id=A1&ch=1,7", "404", "There is no channel 7.")]
    [InlineData("?id=A9&ch=1", "404", "There is no device 'A9'.")]
    public async Task A_wrong_DELETE_takes_nothing(string query, string status, string error)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await FilledAsync(server);
        var reply = await server.SendAsync("DELETE", $"/conduitv6{query}");
        Assert.Equal(int.Parse(status), reply.Status);
        Assert.EndsWith($": {error}", (string)JsonNode.Parse(reply.Body)!["error"]!);
        Assert.Equal("-3:1 -2:2 -1:3", await server.Cloud.PointsAsync(device, "a"));
    }

    [Fact]
    public async Task Channels_of_one_series_are_deleted_together()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", new Channel(1, "c", "t"), new Channel(2, "c", "h"));
        await server.WriteAsync(device, "c", Now - 1, FieldValue.Of(1d), "t");
        await server.WriteAsync(device, "c", Now - 1, FieldValue.Of(2d), "h");
        Assert.Equal(
            """400 {"code":"400","error":"Bad Request: These channels are of one series and end together: ch=1,2."}""",
            (await server.SendAsync("DELETE", "/conduitv6?id=A1&ch=1")).ToString()
        );
        Assert.Equal("-1:1", await server.Cloud.PointsAsync(device, "c", "t"));
        Assert.Equal(Done, (await server.SendAsync("DELETE", "/conduitv6?id=A1&ch=1,2")).ToString());
        Assert.Equal("", await server.Cloud.PointsAsync(device, "c", "t"));
        Assert.Empty((await server.TwinAsync("A1")).Channels);
    }

    [Fact]
    public async Task Another_method_is_not_meant()
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.SendAsync("POST", "/conduitv6", Json("{}"), ConduitServer.Token, 0, ("X-HTTP-Method-Override", "GET"));
        Assert.Equal("""405 {"code":"405","error":"Method Not Allowed"}""", reply.ToString());
    }

    private static Channel[] Channels => [new Channel(1, "a", "value"), new Channel(2, "b", "value")];

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task PutAsync(ConduitServer server, string query, string body) =>
        Assert.Equal(Done, (await server.SendAsync("PUT", $"/conduitv6{query}", Json(body))).ToString());

    private static async Task<DeviceTwin> FilledAsync(ConduitServer server)
    {
        var device = await server.AddAsync("A1", Channels);
        for (var i = 1; i <= 3; i++)
        {
            await server.WriteAsync(device, "a", Now - 4 + i, FieldValue.Of((double)i));
            await server.WriteAsync(device, "b", Now - 4 + i, FieldValue.Of((double)i));
        }

        return device;
    }
}
