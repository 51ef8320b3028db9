using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>Who gets in, and what a wrong request gets.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Every_token_of_a_user_opens_the_services_in_either_header()
    {
        await using var server = await ThingScaleServer.StartAsync();
        var ann = (await server.Cloud.One.Users.FindAsync(TestCloud.Tenant, "ann", TestCloud.Cancellation))!.Value;
        var jwt = (await server.Tokens.IssueAsync(TestCloud.Tenant, ann, null, TestCloud.Cancellation)).Access;

        foreach (var token in new[] { ThingScaleServer.ApiToken, jwt })
        {
            Assert.Equal(200, (await server.SendRawAsync("GET", "/v2/device", null, ("X-APITOKEN", token))).Status);
            Assert.Equal(200, (await server.SendRawAsync("GET", "/v2/device", null, ("Authorization", $"Bearer {token}"))).Status);
        }

        var shown = (await server.SendRawAsync("GET", "/v2/user", null, ("X-APITOKEN", jwt))).Json[0]!;
        Assert.Equal("U000001", (string)shown["user_id"]!);
        Assert.Null(shown["api_token"]);
    }

    [Theory]
    [InlineData("X-APITOKEN", "wrong")]
    [InlineData("X-APITOKEN", ThingScaleServer.DeviceToken)]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("X-DEVICETOKEN", ThingScaleServer.DeviceToken)]
    public async Task Anything_else_opens_nothing(string header, string value)
    {
        await using var server = await ThingScaleServer.StartAsync();

        Assert.Equal(
            """401 {"error":"AUTH_REQUIRED"}""",
            (await server.SendRawAsync("GET", "/v2/device", null, (header, value))).ToString()
        );
    }

    [Fact]
    public async Task Roles_are_kept()
    {
        await using var server = await ThingScaleServer.StartAsync();
        const string Forbidden = """403 {"error":"FORBIDDEN"}""";

        Assert.Equal(200, await StatusAsync("GET", "/v2/device", ThingScaleServer.ReaderToken));
        Assert.Equal(200, await StatusAsync("PUT", "/v2/user", ThingScaleServer.ReaderToken, """{"email1":"b@example.com"}"""));
        Assert.Equal(Forbidden, await TextAsync("PUT", "/v2/user", ThingScaleServer.ReaderToken, """{"locale":"UTC"}"""));
        Assert.Equal(Forbidden, await TextAsync("POST", "/v2/device/1", ThingScaleServer.ReaderToken));
        Assert.Equal(Forbidden, await TextAsync("POST", "/v2/publish/1", ThingScaleServer.ReaderToken));
        Assert.Equal(Forbidden, await TextAsync("GET", "/v2/device", ThingScaleServer.NobodyToken));
        await server.AddUserAsync("uli", "USER_TOKEN", Roles.User);
        Assert.Equal(201, await StatusAsync("POST", "/v2/device/1", "USER_TOKEN"));
        Assert.Equal(Forbidden, await TextAsync("PUT", "/v2/user", "USER_TOKEN", """{"locale":"UTC"}"""));

        async Task<int> StatusAsync(string method, string path, string token, string? body = null) =>
            (await server.SendRawAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), ("X-APITOKEN", token))).Status;

        async Task<string> TextAsync(string method, string path, string token, string? body = null) =>
            (await server.SendRawAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), ("X-APITOKEN", token))).ToString();
    }

    [Fact]
    public async Task Another_accounts_devices_are_not_there()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.Cloud.AddTenantAsync("t2", new TenantSettings { ThingScale = ThingScaleServer.Unlimited });
        await server.Cloud.One.Users.ApplyAsync(
            "t2",
            "other",
            new UserChange { ApiToken = "OTHER_TOKEN", Roles = [Roles.Admin] },
            null,
            TestCloud.Cancellation
        );
        await server.MapAsync("one");

        Assert.Equal("200 []", (await server.SendRawAsync("GET", "/v2/device", null, ("X-APITOKEN", "OTHER_TOKEN"))).ToString());
        Assert.Equal(404, (await server.SendRawAsync("GET", "/v2/device/one", null, ("X-APITOKEN", "OTHER_TOKEN"))).Status);
        Assert.Equal(404, (await server.SendRawAsync("GET", "/v2/channel/0", null, ("X-APITOKEN", "OTHER_TOKEN"))).Status);
    }

    [Theory]
    [InlineData("GET", "/v2", 404, "NOT_FOUND")]
    [InlineData("GET", "/v2/", 404, "NOT_FOUND")]
    [InlineData("GET", "/v2/things", 404, "NOT_FOUND")]
    [InlineData("GET", "/v2/device/a/b", 404, "NOT_FOUND")]
    [InlineData("GET", "/v2//device", 404, "NOT_FOUND")]
    [InlineData("GET", "/v2/session/1", 404, "NOT_FOUND")]
    [InlineData("PATCH", "/v2/device/1", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("PUT", "/v2/device", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("POST", "/v2/event/1", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("OPTIONS", "/v2/user", 405, "METHOD_NOT_ALLOWED")]
    [InlineData("POST", "/v2/device/", 400, "DEVICE_ID_ZERO")]
    [InlineData("POST", "/v2/device/0", 400, "DEVICE_ID_ZERO")]
    [InlineData("POST", "/v2/device/a%2Bb", 400, "BAD_DEVICE_ID")]
    [InlineData("POST", "/v2/device/%E3%83%84", 400, "BAD_DEVICE_ID")]
    [InlineData("GET", "/v2/channel/-1", 404, "NO_CHANNEL")]
    [InlineData("GET", "/v2/stream/99999999999", 404, "NO_CHANNEL")]
    [InlineData("GET", "/v2/event/x", 404, "NO_EVENT")]
    public async Task A_request_for_nothing_gets_its_own_error(string method, string path, int status, string code)
    {
        await using var server = await ThingScaleServer.StartAsync();

        Assert.Equal($$"""{{status}} {"error":"{{code}}"}""", (await server.SendAsync(method, path)).ToString());
    }

    [Theory]
    [InlineData("/v2/device")]
    [InlineData("/v2/device/")]
    [InlineData("/v2/device/one/")]
    [InlineData("/v2/channel/0/")]
    [InlineData("/v2/user/")]
    public async Task Head_and_a_slash_at_the_end_are_taken(string path)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");

        Assert.Equal(200, (await server.GetAsync(path)).Status);
        Assert.Equal("200 ", (await server.SendAsync("HEAD", path)).ToString());
    }

    public static TheoryData<string, string, byte[]> BadBodies()
    {
        var data = new TheoryData<string, string, byte[]>();
        foreach (
            var (method, path) in new[]
            {
                ("PUT", "/v2/device/one"),
                ("PUT", "/v2/channel/0"),
                ("PUT", "/v2/event/1"),
                ("PUT", "/v2/user"),
                ("POST", "/v2/publish/one"),
            }
        )
        {
            data.Add(method, path, ""u8.ToArray());
            data.Add(method, path, "no JSON"u8.ToArray());
            data.Add(method, path, "[]"u8.ToArray());
            data.Add(method, path, """{"nothing":1}"""u8.ToArray());
            data.Add(method, path, """{"description":"a","description":"b"}"""u8.ToArray());
            data.Add(method, path, [.. "{\"description\":\""u8, 0xff, .. "\"}"u8]);
            data.Add(method, path, """{"payload":"\ud800"}"""u8.ToArray());
        }

        foreach (
            var body in new[]
            {
                """{"description":1}""",
                """{"enabled":"maybe"}""",
                """{"enabled":null}""",
                """{"mapped_ch":"0"}""",
                """{"mapped_ch":-1}""",
                """{"mapped_ch":0.5}""",
            }
        )
        {
            data.Add("PUT", "/v2/device/one", Encoding.UTF8.GetBytes(body));
        }

        foreach (
            var body in new[]
            {
                """{"operator":"=="}""",
                """{"notify_type":"sms"}""",
                """{"post_url":"ftp://example.com"}""",
                """{"operator":"<","threshold":"warm"}""",
                """{"threshold":8}""",
                """{"enabled":true}""",
                """{"mapped_ch":0,"source":"t","threshold":"1","notify_type":"http","enabled":true}""",
            }
        )
        {
            data.Add("PUT", "/v2/event/1", Encoding.UTF8.GetBytes(body));
        }

        foreach (
            var body in new[] { """{"payload":1}""", """{"qos":1}""", """{"qos":"1","payload":"x"}""", """{"qos":null,"payload":"x"}""" }
        )
        {
            data.Add("POST", "/v2/publish/one", Encoding.UTF8.GetBytes(body));
        }

        data.Add("PUT", "/v2/user", """{"locale":"Mars/Olympus"}"""u8.ToArray());
        data.Add("PUT", "/v2/device/one", Encoding.UTF8.GetBytes($$"""{"description":"{{new string('x', 257)}}"}"""));
        return data;
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_body_that_means_nothing_is_refused_and_changes_nothing(string method, string path, byte[] body)
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.SendAsync("POST", "/v2/event");
        var before = await server.TwinAsync("one");

        var answer = await server.SendRawAsync(method, path, body, ("X-APITOKEN", ThingScaleServer.ApiToken));

        Assert.Equal("""400 {"error":"BAD_JSON_FORMAT"}""", answer.ToString());
        Assert.Equal(before.Version, (await server.TwinAsync("one")).Version);
    }

    [Fact]
    public async Task A_channel_that_is_not_there_is_told()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        await server.SendAsync("POST", "/v2/event");

        Assert.Equal("""404 {"error":"NO_CHANNEL"}""", (await server.SendAsync("PUT", "/v2/device/one", """{"mapped_ch":7}""")).ToString());
        Assert.Equal(
            """404 {"error":"NO_CHANNEL"}""",
            (await server.SendAsync("POST", "/v2/device/two", """{"mapped_ch":7}""")).ToString()
        );
        Assert.Equal("""404 {"error":"NO_CHANNEL"}""", (await server.SendAsync("PUT", "/v2/event/1", """{"mapped_ch":7}""")).ToString());
        Assert.Equal(404, (await server.GetAsync("/v2/device/two")).Status);
    }

    [Fact]
    public async Task Bodies_are_bounded()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        var (large, larger) = (new byte[(64 * 1024) + 1], new byte[(128 * 1024) + 1]);

        Assert.Equal(
            """413 {"error":"PAYLOAD_TOO_LARGE"}""",
            (await server.SendRawAsync("PUT", "/v2/device/one", large, ("X-APITOKEN", ThingScaleServer.ApiToken))).ToString()
        );
        Assert.Equal(
            """413 {"error":"PAYLOAD_TOO_LARGE"}""",
            (await server.SendRawAsync("POST", "/v2/stream/0", larger, ("X-APITOKEN", ThingScaleServer.ApiToken))).ToString()
        );
        Assert.Equal("413 PAYLOAD_TOO_LARGE", (await server.PostAsync("one", new string('1', larger.Length))).ToString());
    }

    [Fact]
    public async Task While_the_store_is_away_requests_are_told_to_come_again()
    {
        await using var server = await ThingScaleServer.StartAsync();
        await server.MapAsync("one");
        server.Cloud.Store.GoAway();

        Assert.Equal("""503 {"error":"SERVICE_UNAVAILABLE"}""", (await server.GetAsync("/v2/device/one")).ToString());
        Assert.Equal("""503 {"error":"SERVICE_UNAVAILABLE"}""", (await server.SendAsync("POST", "/v2/channel/1")).ToString());
        Assert.Equal("503 SERVICE_UNAVAILABLE", (await server.PostAsync("one", "1")).ToString());
        server.Cloud.Store.ComeBack();
        Assert.Equal("200 OK", (await server.PostAsync("one", "1")).ToString());
    }

    [Fact]
    public async Task Limits_are_the_accounts_own_and_those_of_nobody_the_default()
    {
        await using var server = await ThingScaleServer.StartAsync(new TenantSettings());

        Assert.Equal(20, await CountAsync(30, () => server.GetAsync("/v2/channel")));
        Assert.Equal(20, await CountAsync(30, () => server.SendRawAsync("GET", "/v2/channel", null)));
        Assert.Equal(1, await CountAsync(3, () => server.PostAsync("one", "1")));
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, await CountAsync(30, () => server.GetAsync("/v2/channel")));
        await server.SetAsync(set => set with { RequestsPerSecond = 0, ConnectorRequestsPerSecond = 0 });
        Assert.Equal(30, await CountAsync(30, () => server.GetAsync("/v2/channel")));
        Assert.Equal(30, await CountAsync(30, () => server.PostAsync("one", "1")));

        static async Task<int> CountAsync(int requests, Func<Task<Answer>> send)
        {
            var taken = 0;
            for (var i = 0; i < requests; i++)
            {
                taken += (await send()).Status == 429 ? 0 : 1;
            }

            return taken;
        }
    }

    [Theory]
    [InlineData("""{"thingScale":{"maxDevices":5}}""", 20, 1, 5, true)]
    [InlineData("""{"thingScale":{"requestsPerSecond":7,"connectorRequestsPerSecond":0,"flatRows":false}}""", 7, 0, 0, false)]
    [InlineData("""{"thingScale":{"requestsPerSecond":null,"flatRows":null}}""", 20, 1, 0, true)]
    [InlineData("""{"thingScale":null}""", 20, 1, 0, true)]
    public void Settings_that_are_left_out_have_their_defaults(string patch, int rest, int connector, int devices, bool flat)
    {
        var settings = new TenantSettings().Merge(JsonNode.Parse(patch)!.AsObject()).ThingScale;

        Assert.Equal(
            (rest, connector, devices, flat),
            (settings.RequestsPerSecond, settings.ConnectorRequestsPerSecond, settings.MaxDevices, settings.FlatRows)
        );
    }

    [Fact]
    public void A_tenant_that_was_stored_before_a_setting_was_there_has_its_default()
    {
        var stored = System.Text.Json.JsonSerializer.Deserialize<ThingScaleSettings>("""{"MaxDevices":5}""")!;

        Assert.Equal(ThingScaleSettings.Default with { MaxDevices = 5 }, stored);
    }
}
