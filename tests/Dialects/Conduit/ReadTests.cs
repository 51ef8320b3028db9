using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>GET /conduitv6 and /conduitv4.</summary>
public sealed class ReadTests
{
    // The clock stands at 2026-03-01T12:00:00Z.
    private const long Now = 1_772_366_400;

    [Theory]
    [InlineData("/conduitv6")]
    [InlineData("/conduitv6/")]
    public async Task A_record_has_the_members_of_the_seed_in_its_order(string path)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync(
            new NewDevice
            {
                Name = "Pump",
                SerialNumber = "SN-1",
                Location = new Location(49.5, 8.25),
                ExternalIds = [new ExternalId("netid", "A1")],
                Channels =
                [
                    new Channel(1, "temp", "value")
                    {
                        Type = "Temperature",
                        Description = "Water",
                        Offset = 2,
                    },
                ],
                Fragments = new JsonObject
                {
                    ["conduit"] = new JsonObject
                    {
                        ["site"] = "City",
                        ["network"] = "LTE",
                        ["error"] = 3,
                    },
                },
            }
        );
        await server.WriteAsync(device, "temp", Now - 10.25, FieldValue.Of(21.5));
        var reply = await server.GetAsync(path);
        Assert.Equal(
            $$"""
            200 [{"val_date":{{Now
                - 11}},"dev_netid":"A1","dev_chid":1,"val_raw":21.5,"val_type":"Temperature","dev_tag":"Pump","val_description":"Water","dev_site":"City","val_cal":0,"val_offset":2,"dev_error":3,"dev_type":"device","dev_label":"Active","dev_category":null,"dev_powersource":null,"dev_manufacturer":null,"dev_supplier":null,"dev_model":null,"dev_serial":"SN-1","dev_network":"LTE","loc_lat":49.5,"loc_lng":8.25,"val_calibrated":23.5}]
            """,
            reply.ToString()
        );
        Assert.Equal("application/json; charset=utf-8", reply.Headers["Content-Type"]);
        Assert.Equal("Accept-Encoding", reply.Headers["Vary"]);
    }

    [Fact]
    public async Task Version_4_has_the_minimal_record_with_its_time_as_a_text()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("21xxx42dd37b", new Channel(4, "level", "value") { Offset = 1 });
        await server.WriteAsync(device, "level", Now - 1, FieldValue.Of(0.278));
        Assert.Equal(
            $$"""200 [{"channel":4,"networkID":"21xxx42dd37b","value":0.278,"timestamp":"{{Now - 1}}"}]""",
            (await server.GetAsync("/conduitv4?id=21xxx42dd37b&ch=4")).ToString()
        );
    }

    [Fact]
    public async Task A_value_is_a_number_whatever_its_type_and_strings_are_left_out()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync(
            "A1",
            new Channel(1, "on", "value"),
            new Channel(2, "count", "value"),
            new Channel(3, "state", "value"),
            new Channel(4, "twice", "value") { Calibration = 2, Offset = 0.5 }
        );
        await server.WriteAsync(device, "on", Now - 4, FieldValue.Of(true));
        await server.WriteAsync(device, "count", Now - 3, FieldValue.Of(9_007_199_254_740_993));
        await server.WriteAsync(device, "state", Now - 2, FieldValue.Of("open"));
        await server.WriteAsync(device, "twice", Now - 1, FieldValue.Of(4d));
        Assert.Equal(
            ["1 1 0 1 on", "2 9007199254740993 0 9007199254740993 count", "4 4 2 8.5 twice"],
            Records(await server.GetAsync("/conduitv6/"))
                .Select(record =>
                    $"{record["dev_chid"]} {record["val_raw"]} {record["val_cal"]} {record["val_calibrated"]} {record["val_type"]}"
                )
        );
    }

    [Fact]
    public async Task All_devices_and_channels_come_in_the_order_of_time()
    {
        await using var server = await ConduitServer.StartAsync();
        var (one, two) = (await server.AddAsync("one", Channels), await server.AddAsync("two", Channels));
        for (var i = 0; i < 4; i++)
        {
            await server.WriteAsync(i % 2 == 0 ? one : two, i < 2 ? "b" : "a", Now - 100 + i, FieldValue.Of((double)i));
        }

        await server.WriteAsync(one, "a", Now - 100, FieldValue.Of(9d));
        Assert.Equal("one.1=9 one.2=0 two.2=1 one.1=2 two.1=3", await ReadAsync(server, ""));
        Assert.Equal("two.2=1 two.1=3", await ReadAsync(server, "?id=two"));
        Assert.Equal("one.1=9 one.1=2 two.1=3", await ReadAsync(server, "?ch=1"));
        Assert.Equal("one.1=9 one.2=0 two.2=1 one.1=2 two.1=3", await ReadAsync(server, "?id=one,two&ch=1&ch=2"));
        Assert.Equal("two.1=3", await ReadAsync(server, "?id=one&id=two&ch=1&fcdt=1772366303&tcdt=1772366303"));
    }

    [Fact]
    public async Task A_device_without_a_network_id_is_read_by_its_own_id()
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync(new NewDevice { Channels = Channels });
        await server.WriteAsync(device, "a", Now - 1, FieldValue.Of(1d));
        Assert.Equal($"{device.Id}.1=1", await ReadAsync(server, $"?id={device.Id}"));
    }

    [Theory]
    [InlineData("", "3500=1 1=2")]
    [InlineData("?fcdt=1772360000", "3500=1 1=2")]
    [InlineData("?fcdt=x&tcdt=1772366400", "3500=1 1=2")]
    [InlineData("?fcdt=1772366400&tcdt=1772360000", "3500=1 1=2")]
    [InlineData("?fcdt=1772362000000&tcdt=1772366400000", "3500=1 1=2")]
    [InlineData("?fcdt=-1&tcdt=1772366400", "3500=1 1=2")]
    [InlineData("?fcdt=1772362000&tcdt=1772362400", "4000=0")]
    [InlineData("?fcdt=0&tcdt=9223372035", "4000=0 3500=1 1=2")]
    public async Task Without_a_good_range_it_is_the_last_hour(string query, string expected)
    {
        await using var server = await ConduitServer.StartAsync();
        var device = await server.AddAsync("A1", Channels);
        await server.WriteAsync(device, "a", Now - 4000, FieldValue.Of(0d));
        await server.WriteAsync(device, "a", Now - 3500, FieldValue.Of(1d));
        await server.WriteAsync(device, "a", Now - 1, FieldValue.Of(2d));
        var records = Records(await server.GetAsync($"/conduitv6{query}"));
        Assert.Equal(expected, string.Join(' ', records.Select(record => $"{Now - (long)record["val_date"]!}={record["val_raw"]}")));
    }

    [Fact]
    public async Task Where_there_is_nothing_the_answer_is_304_without_a_body()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddAsync("A1", Channels);
        foreach (var path in new[] { "/conduitv6/", "/conduitv4", "/conduitv6?id=A1&ch=7" })
        {
            Assert.Equal("304", (await server.GetAsync(path)).ToString());
        }
    }

    [Fact]
    public async Task Points_beyond_the_limit_are_left_out_the_newest_first()
    {
        await using var server = await ConduitServer.StartAsync(new ConduitSettings { ReadSeconds = 0, MaxPoints = 2 });
        var device = await server.AddAsync("A1", Channels);
        for (var i = 0; i < 3; i++)
        {
            await server.WriteAsync(device, "a", Now - 10 + i, FieldValue.Of((double)i));
        }

        Assert.Equal("A1.1=0 A1.1=1", await ReadAsync(server, ""));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_413_and_a_range_that_is_too_long_400()
    {
        var settings = new ConduitSettings
        {
            ReadSeconds = 0,
            MaxAnswerBytes = 100,
            MaxRangeDays = 31,
        };
        await using var server = await ConduitServer.StartAsync(settings);
        await server.WriteAsync(await server.AddAsync("A1", Channels), "a", Now - 1, FieldValue.Of(1d));
        Assert.Equal(
            """413 {"code":"413","error":"Request Too Large: The answer has more than 100 bytes: ask for less."}""",
            (await server.GetAsync("/conduitv6")).ToString()
        );
        Assert.Equal(
            """400 {"code":"400","error":"Bad Request: A range has at most 31 days."}""",
            (await server.GetAsync("/conduitv6?fcdt=1000000000&tcdt=1002764800")).ToString()
        );
        Assert.Equal("304", (await server.GetAsync("/conduitv6?fcdt=1000000000&tcdt=1002678400")).ToString());
    }

    [Fact]
    public async Task Other_tenants_devices_are_not_there()
    {
        await using var server = await ConduitServer.StartAsync();
        await server.Cloud.AddTenantAsync("t2");
        await server.One.Service.CreateAsync(
            "t2",
            new NewDevice { ExternalIds = [new ExternalId("netid", "theirs")], Channels = Channels },
            ConduitServer.Cancellation
        );
        Assert.Equal(
            """404 {"code":"404","error":"Requested resource not found: There is no device 'theirs'."}""",
            (await server.GetAsync("/conduitv6?id=theirs")).ToString()
        );
        Assert.Equal("304", (await server.GetAsync("/conduitv6")).ToString());
    }

    [Fact]
    public async Task A_store_that_is_away_is_503()
    {
        await using var server = await ConduitServer.StartAsync();
        server.Cloud.Store.GoAway();
        var reply = await server.GetAsync("/conduitv6");
        Assert.Equal("""503 {"code":"503","error":"Service Unavailable"}""", reply.ToString());
        Assert.Equal("1", reply.Headers["Retry-After"]);
        server.Cloud.Store.ComeBack();
        Assert.Equal(TestCloud.Tenant, (await server.One.Tenants.GetAsync(TestCloud.Tenant, ConduitServer.Cancellation)).Value.Id);
    }

    private static Channel[] Channels => [new Channel(1, "a", "value"), new Channel(2, "b", "value")];

    private static IReadOnlyList<JsonNode> Records(ConduitReply reply)
    {
        Assert.Equal(200, reply.Status);
        return [.. JsonNode.Parse(reply.Body)!.AsArray().Select(record => record!)];
    }

    private static async Task<string> ReadAsync(ConduitServer server, string query) =>
        string.Join(
            ' ',
            Records(await server.GetAsync($"/conduitv6{query}"))
                .Select(record => $"{record["dev_netid"]}.{record["dev_chid"]}={record["val_raw"]}")
        );
}
