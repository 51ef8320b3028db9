using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>POST /conduitv6 and /conduitv4/post.</summary>
public sealed class WriteTests
{
    private const string Done = """200 {"code":200,"error":"Completed successfully"}""";

    // The clock stands at 2026-03-01T12:00:00Z.
    private const long Now = 1_772_366_400_000;

    [Theory]
    [InlineData(
        """{"networkId":"A1","timestamp":1772366400500,"data":"0A10010001000000A00F000070170000"}""",
        "255=4106 254=1 253=1 252=0 1=4 2=6"
    )]
    [InlineData("""{"networkId":"A1","timestamp":1772366400500,"data":"0a10010001000000"}""", "255=4106 254=1 253=1 252=0")]
    [InlineData(
        """{"networkId":"A1","timestamp":1772366400500,"data":"00000000000000000100000018FCFFFF"}""",
        "255=0 254=0 253=0 252=0 1=0.001 2=-1"
    )]
    [InlineData(
        """{"networkId":"A1","timestamp":1772366400500,"data":[{"channelId":1,"value":462.467835},{"channelId":255,"value":3.976}]}""",
        "1=462.467835 255=3.976"
    )]
    [InlineData("""{"id":"A1","ch":7,"value":-1.5e3,"timestamp":1772366400500}""", "7=-1500")]
    [InlineData("""{"id":"A1","ch":7,"value":1.23456789012345e-4,"timestamp":1772366400500}""", "7=0.000123456789012345")]
    public async Task Every_form_is_stored_with_its_time(string body, string expected)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(Done, (await server.PostAsync("/conduitv6/", body)).ToString());
        var twin = await server.TwinAsync("A1");
        Assert.Equal(("A1", "A1"), (twin.Name, twin.ExternalIds.Single(id => id.Type == "netid").Value));
        foreach (var pair in expected.Split(' '))
        {
            var (channel, value) = (pair.Split('=')[0], pair.Split('=')[1]);
            Assert.Equal($"0.5:{value}", await server.Cloud.PointsAsync(twin, $"channel{channel}"));
            Assert.Equal(
                ("value", int.Parse(channel)),
                twin.Channels.Where(c => c.Measurement == $"channel{channel}").Select(c => (c.Field, c.Number)).Single()
            );
        }
    }

    [Fact]
    public async Task A_value_without_a_time_has_that_of_arrival_and_a_channel_that_is_there_says_where_it_goes()
    {
        await using var server = await ConduitServer.StartAsync();
        var twin = await server.AddAsync("A1", new Channel(3, "climate", "humidity"));
        Assert.Equal(
            Done,
            (
                await server.PostAsync(
                    "/conduitv6",
                    """[{"id":"A1","ch":3,"value":40},{"id":"A1","ch":3,"value":41},{"id":"A2","ch":1,"value":1}]"""
                )
            ).ToString()
        );
        Assert.Equal("0:40 1E-06:41", await server.Cloud.PointsAsync(twin, "climate", "humidity"));
        Assert.Equal("2E-06:1", await server.Cloud.PointsAsync(await server.TwinAsync("A2"), "channel1"));
    }

    [Fact]
    public async Task What_was_posted_is_read_at_once()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.PostAsync("/conduitv6", """{"networkId":"A1","data":[{"channelId":5,"value":1.25}]}""");
        var record = JsonNode.Parse((await server.GetAsync("/conduitv6?id=A1")).Body)!.AsArray().Single()!;
        Assert.Equal(
            (5, 1.25, "channel5", Now / 1000),
            ((int)record["dev_chid"]!, (double)record["val_raw"]!, (string)record["val_type"]!, (long)record["val_date"]!)
        );
    }

    [Theory]
    [InlineData("netid=A1&chid=1&value=12.54", "channel1", "0:12.54")]
    [InlineData("id=A1&data=0A10010001000000A00F0000", "channel1", "0:4")]
    [InlineData("id=A1&data=0A10010001000000A00F0000&date=1772366401000", "channel255", "1:4106")]
    public async Task Version_4_takes_parameters(string parameters, string measurement, string expected)
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.SendAsync("POST", $"/conduitv4/post?token={ConduitServer.Token}&{parameters}", null, token: null);
        Assert.Equal(Done, reply.ToString());
        Assert.Equal(expected, await server.Cloud.PointsAsync(await server.TwinAsync("A1"), measurement));
    }

    [Theory]
    [InlineData("chid=1&value=1", "The parameter netid is given once.")]
    [InlineData("netid=A1&value=1", "The parameter chid is given once.")]
    [InlineData("netid=A1&chid=1", "The parameter value is given once.")]
    [InlineData("netid=A1&netid=A2&chid=1&value=1", "The parameter netid is given once.")]
    [InlineData("netid=A1&chid=one&value=1", "chid is a whole number from 1 to 2000.")]
    [InlineData("netid=A1&chid=0&value=1", "chid is a whole number from 1 to 2000.")]
    [InlineData("netid=A1&chid=1&value=warm", "value is a number of at most 16 digits.")]
    [InlineData("netid=A1&chid=1&value=NaN", "value is a number of at most 16 digits.")]
    [InlineData("netid=A1&chid=1&value=1e999", "value is a number of at most 16 digits.")]
    [InlineData("id=A1&data=0A1001000100", "data is 8 bytes and then 4 for each of at most 32 channels, in hexadecimal.")]
    [InlineData("id=A1&data=0A10010001000000A00FA00F0000", "data is 8 bytes and then 4 for each of at most 32 channels, in hexadecimal.")]
    [InlineData("id=A1&data=0A100100010000zz", "data is 8 bytes and then 4 for each of at most 32 channels, in hexadecimal.")]
    [InlineData("id=A1&data=0A10010001000000&date=1772366401", "date has 13 digits: milliseconds since 1970.")]
    [InlineData("id=A1&data=0A10010001000000&date=9999999999999", "date has 13 digits: milliseconds since 1970.")]
    public async Task Wrong_parameters_are_400(string parameters, string error)
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.SendAsync("POST", $"/conduitv4/post?{parameters}");
        Assert.Equal($$"""400 {"code":"400","error":"Bad Request: {{error}}"}""", reply.ToString());
        await AssertNothingAsync(server);
    }

    [Theory]
    [InlineData("", "The body is no well-formed JSON: *")]
    [InlineData("{", "The body is no well-formed JSON: *")]
    [InlineData("""{"id":"A1","ch":1,"value":1} x""", "The body is no well-formed JSON: *")]
    [InlineData("""{"id":"A1","id":"A2","ch":1,"value":1}""", "The body is no well-formed JSON: *")]
    [InlineData("""{"id":"\ud800","ch":1,"value":1}""", "The body is no well-formed JSON: *")]
    [InlineData("1", "The body is an uplink, or an array of 1 to 10000 of them.")]
    [InlineData("[]", "The body is an uplink, or an array of 1 to 10000 of them.")]
    [InlineData("[1]", "[0]: An uplink is an object.")]
    [InlineData("""{"ch":1,"value":1}""", "The device's network id is missing.")]
    [InlineData("""{"id":"","ch":1,"value":1}""", "id is a text of 1 to 256 characters.")]
    [InlineData("""{"id":7,"ch":1,"value":1}""", "id is a text of 1 to 256 characters.")]
    [InlineData("""{"id":"A1","value":1}""", "ch is missing.")]
    [InlineData("""{"id":"A1","ch":1}""", "value is missing.")]
    [InlineData("""{"id":"A1","ch":"1","value":1}""", "ch is a whole number from 1 to 2000.")]
    [InlineData("""{"id":"A1","ch":2001,"value":1}""", "ch is a whole number from 1 to 2000.")]
    [InlineData("""{"id":"A1","ch":1,"value":"1"}""", "value is a number of at most 16 digits.")]
    [InlineData("""{"id":"A1","ch":1,"value":true}""", "value is a number of at most 16 digits.")]
    [InlineData("""{"id":"A1","ch":1,"value":12345678.901234567}""", "value is a number of at most 16 digits.")]
    [InlineData("""{"id":"A1","ch":1,"value":1,"unit":"C"}""", "The member unit is unknown.")]
    [InlineData("""{"id":"A1","ch":1,"value":1,"timestamp":1772366400}""", "timestamp has 13 digits: milliseconds since 1970.")]
    [InlineData("""{"networkId":"A1","data":[]}""", "data is bytes in hexadecimal, or an array of 1 to 10000 values.")]
    [InlineData("""{"networkId":"A1","data":[{"channelId":1,"value":1},{"channelId":1}]}""", "data[1]: value is missing.")]
    [InlineData("""[{"id":"A1","ch":1,"value":1},{"id":"A1","ch":1,"value":null}]""", "[1]: value is missing.")]
    public async Task A_wrong_body_is_400_and_nothing_of_it_is_stored(string body, string error)
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.PostAsync("/conduitv6", body);
        Assert.Equal(400, reply.Status);
        var answer = JsonNode.Parse(reply.Body)!;
        Assert.Equal("400", (string)answer["code"]!);
        if (error.EndsWith('*'))
        {
            Assert.StartsWith($"Bad Request: {error[..^1]}", (string)answer["error"]!);
        }
        else
        {
            Assert.Equal($"Bad Request: {error}", (string)answer["error"]!);
        }

        await AssertNothingAsync(server);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_and_a_body_of_another_type_are_400()
    {
        await using var server = await ConduitServer.StartAsync();
        var content = new ByteArrayContent([.. """{"id":"A"""u8, 0xff, .. "\",\"ch\":1,\"value\":1}"u8]);
        content.Headers.ContentType = new("application/json");
        Assert.Equal(400, (await server.SendAsync("POST", "/conduitv6", content)).Status);
        var form = new StringContent("""{"id":"A1","ch":1,"value":1}""", null, "text/plain");
        Assert.Equal(
            """400 {"code":"400","error":"Bad Request: Content-Type is application/json."}""",
            (await server.SendAsync("POST", "/conduitv6", form)).ToString()
        );
        await AssertNothingAsync(server);
    }

    [Fact]
    public async Task A_device_that_nobody_knows_is_404_where_the_tenant_does_not_provision()
    {
        await using var server = await ConduitServer.StartAsync(unknown: UnknownDevices.DeadLetter);
        var known = await server.AddAsync("known");
        Assert.Equal(
            """404 {"code":"404","error":"Requested resource not found: There is no device 'A1'."}""",
            (await server.PostAsync("/conduitv6", """[{"id":"known","ch":1,"value":1},{"id":"A1","ch":1,"value":1}]""")).ToString()
        );
        Assert.Equal("", await server.Cloud.PointsAsync(known, "channel1"));
    }

    [Fact]
    public async Task A_disabled_device_is_403()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddAsync(new NewDevice { Enabled = false, ExternalIds = [new ExternalId("netid", "A1")] });
        Assert.Equal(
            """403 {"code":"403","error":"Forbidden: The device 'A1' is disabled."}""",
            (await server.PostAsync("/conduitv6", """{"id":"A1","ch":1,"value":1}""")).ToString()
        );
    }

    [Fact]
    public async Task Two_requests_that_make_a_device_at_once_make_one()
    {
        await using var server = await ConduitServer.StartAsync();
        server.Cloud.Store.OnceBefore(Kinds.HubDevice, () => server.PostAsync("/conduitv6", """{"id":"A1","ch":1,"value":1}"""));
        Assert.Equal(Done, (await server.PostAsync("/conduitv6", """{"id":"A1","ch":1,"value":2}""")).ToString());
        var (devices, _) = await server.One.Devices.ListAsync(TestCloud.Tenant, null, null, 10, null, ConduitServer.Cancellation);
        Assert.Equal("0:1 1E-06:2", await server.Cloud.PointsAsync(Assert.Single(devices).Value, "channel1"));
    }

    private static async Task AssertNothingAsync(ConduitServer server)
    {
        var (devices, _) = await server.One.Devices.ListAsync(TestCloud.Tenant, null, null, 10, null, ConduitServer.Cancellation);
        Assert.Empty(devices);
    }
}
