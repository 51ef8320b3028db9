using System.Text;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>The HTTP device connector beyond its examples.</summary>
public sealed class ConnectorTests
{
    [Theory]
    // Each column is wrong from left to right: method, id, token, body, device.
    [InlineData("GET", "0", "wrong", "?", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("POST", "0", "wrong", "?", 400, "DEVICE_ID_ZERO")]
    [InlineData("POST", "unmapped", "wrong", "?", 401, "AUTH_REQUIRED")]
    [InlineData("POST", "unmapped", ThingScaleServer.ApiToken, "?", 401, "AUTH_REQUIRED")]
    [InlineData("POST", "unmapped", ThingScaleServer.DeviceToken, "?", 400, "BAD_JSON_FORMAT")]
    [InlineData("POST", "unmapped", ThingScaleServer.DeviceToken, "1", 403, "NO_MAPPED_CH")]
    [InlineData("POST", "both", ThingScaleServer.DeviceToken, "1", 403, "NO_MAPPED_CH")]
    [InlineData("POST", "disabled", ThingScaleServer.DeviceToken, "1", 403, "DEVICE_DISABLED")]
    [InlineData("POST", "a/b", ThingScaleServer.DeviceToken, "1", 400, "BAD_DEVICE_ID")]
    [InlineData("POST", "mapped", ThingScaleServer.DeviceToken, "1", 200, "OK")]
    public async Task Checks_come_in_the_order_of_the_table(
        string method,
        string device,
        string token,
        string body,
        int status,
        string word
    )
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("mapped");
        await server.MapAsync("disabled");
        await server.SendAsync("PUT", "/v2/device/disabled", """{"enabled":false}""");
        await server.SendAsync("POST", "/v2/device/unmapped");
        await server.SendAsync("POST", "/v2/device/both", """{"enabled":false}""");

        var answer = await server.SendRawAsync(
            method,
            "/post_v2/",
            method == "GET" ? null : Encoding.UTF8.GetBytes(body),
            ("X-DEVICETOKEN", token),
            ("X-DEVICEID", device)
        );

        Assert.Equal($"{status} {word}", answer.ToString());
        Assert.Equal("text/plain", answer.ContentType);
        Assert.Empty(await server.DeadLettersAsync());
    }

    [Theory]
    [InlineData("/post_v1", "v=1", "200 OK")]
    [InlineData("/post_v1/", "v=1", "200 OK")]
    [InlineData("/post_v2", "1", "200 OK")]
    [InlineData("/post_v2/", "1", "200 OK")]
    [InlineData("/post_v1/", "1", "400 BAD_VALUE_FORMAT")]
    [InlineData("/post_v2/", "v=1", "400 BAD_JSON_FORMAT")]
    [InlineData("/post_v2/more", "1", """404 {"error":"NOT_FOUND"}""")]
    public async Task A_path_has_a_form_of_its_own(string path, string body, string expected)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");

        Assert.Equal(expected, (await server.PostAsync("one", body, path)).ToString());
    }

    [Fact]
    public async Task A_stored_row_is_points_of_the_same_time()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var device = await server.MapAsync("one");

        await server.PostAsync("one", """{"temp":25,"in":{"a":1.5}}""", tag: "x");

        Assert.Equal("0:25", await server.Cloud.PointsAsync(device, "temp"));
        Assert.Equal("0:1.5", await server.Cloud.PointsAsync(device, "in", "a"));
        Assert.Equal(
            """0:{"tag":"x","value":{"temp":25,"in":{"a":1.5}}}""",
            await server.Cloud.PointsAsync(device, "$message", "thingscale.x")
        );
        var channels = (await server.TwinAsync("one")).Channels;
        Assert.Equal([("temp", "value"), ("in", "a")], channels.Select(channel => (channel.Measurement, channel.Field)));
    }

    [Fact]
    public async Task Where_unknown_devices_are_not_taken_the_payload_is_a_dead_letter()
    {
        await using var server = await ThingScaleServer.StartAsync(
            new TenantSettings { UnknownDevices = UnknownDevices.DeadLetter, ThingScale = ThingScaleServer.Unlimited }
        );

        Assert.Equal("403 NO_MAPPED_CH", (await server.PostAsync("one", "1")).ToString());

        var letter = Assert.Single(await server.DeadLettersAsync());
        Assert.Equal(("one", "The device is not registered.", "1"), (letter.Source, letter.Reason, Encoding.UTF8.GetString(letter.Body)));
        Assert.Equal(404, (await server.GetAsync("/v2/device/one")).Status);
    }

    [Fact]
    public async Task Messages_of_a_new_device_that_come_at_once_make_it_once()
    {
        await using var server = await ThingScaleServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.PostAsync("one", "1")));

        Assert.Equal(1, answers.Count(answer => answer.Status == 201));
        Assert.Equal(9, answers.Count(answer => answer.ToString() == "403 NO_MAPPED_CH"));
        Assert.Single((await server.GetAsync("/v2/device")).Json.AsArray());
    }

    [Fact]
    public async Task An_account_that_is_full_makes_no_device()
    {
        await using var server = await ThingScaleServer.StartAsync(
            new TenantSettings { ThingScale = ThingScaleServer.Unlimited with { MaxDevices = 1 } }
        );

        Assert.Equal("201 NEW_DEVICE_FOUND", (await server.PostAsync("one", "1")).ToString());
        Assert.Equal("403 MAX_DEVICE_REACH", (await server.PostAsync("two", "1")).ToString());
    }
}
