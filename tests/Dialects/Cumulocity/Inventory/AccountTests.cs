using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Serverless.Domain.Audit;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

public class AccountTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_start_at_the_root_resources()
    {
        await using var server = await InventoryServer.StartAsync();
        var root = server.Http.BaseAddress!.ToString().TrimEnd('/');

        var platform = (await server.GetAsync("/platform")).AsObject();
        var events = await server.GetAsync("/event");

        Assert.Equal(
            ["self", "alarm", "audit", "deviceControl", "event", "identity", "inventory", "measurement", "tenant", "user"],
            platform.Select(member => member.Key)
        );
        Assert.True(JsonNode.DeepEquals(events, platform["event"]));
        Assert.Equal(
            $"{root}/event/events?source={{source}}&dateFrom={{dateFrom}}&dateTo={{dateTo}}",
            (string)events["eventsForSourceAndTime"]!
        );
        Assert.Equal($$"""{"self":"{{root}}/event/events","events":[]}""", events["events"]!.ToJsonString());
        Assert.Equal(
            $"{root}/measurement/measurements?dateFrom={{dateFrom}}&dateTo={{dateTo}}&fragmentType={{fragmentType}}",
            (string)platform["measurement"]!["measurementsForDateAndFragmentType"]!
        );
        Assert.Equal($"{root}/notification2", (string)(await server.GetAsync("/notification2"))["self"]!);
        Assert.Equal(401, (await server.AskAsync("GET", "/platform", user: "")).Status);
    }

    [Fact]
    public async Task A_caller_learns_his_tenant()
    {
        await using var server = await InventoryServer.StartAsync();

        var tenant = await server.GetAsync("/tenant/currentTenant?withParent=true");

        Assert.Equal((TestCloud.Tenant, "127.0.0.1"), ((string)tenant["name"]!, (string)tenant["domainName"]!));
        var (status, options) = await server.AskAsync("GET", "/tenant/loginOptions?tenantId=t1", user: "");
        Assert.Equal(200, status);
        Assert.Equal(["OAUTH2_INTERNAL", "BASIC"], options!["loginOptions"]!.AsArray().Select(option => (string)option!["type"]!));
    }

    [Theory]
    [InlineData("?tenant_id=t1", "admin", 200)]
    [InlineData("", "t1/admin", 200)]
    [InlineData("", "admin", 200)]
    [InlineData("?tenant_id=t1", "t1/admin", 200)]
    [InlineData("?tenant_id=t2", "t1/admin", 401)]
    [InlineData("?tenant_id=t2", "admin", 401)]
    [InlineData("", "nobody", 401)]
    public async Task A_login_gives_a_token(string query, string name, int expected)
    {
        await using var server = await InventoryServer.StartAsync();

        var (status, answer) = await server.AskAsync(
            "POST",
            $"/tenant/oauth/token{query}",
            $"grant_type=PASSWORD&username={Uri.EscapeDataString(name)}&password={Uri.EscapeDataString(InventoryServer.Password)}&tfa_code=undefined",
            "application/x-www-form-urlencoded;charset=UTF-8",
            user: ""
        );

        Assert.Equal(expected, status);
        if (expected == 200)
        {
            var token = (string)answer!["access_token"]!;
            var claims = new JsonWebToken(token);
            Assert.Equal(("admin", "t1"), (claims.Subject, claims.GetPayloadValue<string>("ten")));
            var (read, _) = await server.AskAsync("GET", "/tenant/currentTenant", user: "", headers: ("Authorization", $"Bearer {token}"));
            Assert.Equal(200, read);
        }
    }

    [Fact]
    public async Task A_login_by_cookie_is_proven_by_a_header()
    {
        await using var server = await InventoryServer.StartAsync();
        using var form = new StringContent(
            $"grant_type=PASSWORD&username=admin&password={Uri.EscapeDataString(InventoryServer.Password)}",
            Encoding.UTF8,
            "application/x-www-form-urlencoded"
        );
        using var login = await server.SendAsync("POST", "/tenant/oauth?tenant_id=t1", form, user: "");
        var set = login.Headers.GetValues("Set-Cookie").ToList();
        var cookies = string.Join("; ", set.Select(cookie => cookie.Split(';')[0]));
        var proof = set.Single(cookie => cookie.StartsWith("XSRF-TOKEN=", StringComparison.Ordinal)).Split(';')[0]["XSRF-TOKEN=".Length..];

        Assert.Contains("httponly", set.Single(cookie => cookie.StartsWith("authorization=", StringComparison.Ordinal)));
        Assert.Equal(200, (await server.AskAsync("GET", "/user/currentUser", user: "", headers: ("Cookie", cookies))).Status);
        Assert.Equal(401, (await server.AskAsync("PUT", "/user/currentUser", "{}", user: "", headers: ("Cookie", cookies))).Status);
        Assert.Equal(
            200,
            (
                await server.AskAsync("PUT", "/user/currentUser", "{}", user: "", headers: [("Cookie", cookies), ("X-XSRF-TOKEN", proof)])
            ).Status
        );
        using var logout = await server.SendAsync("POST", "/user/logout", null, user: "", ("Cookie", cookies), ("X-XSRF-TOKEN", proof));
        Assert.Equal(200, (int)logout.StatusCode);
        Assert.All(logout.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("max-age=0", cookie, StringComparison.Ordinal));
        Assert.Equal(401, (await server.AskAsync("GET", "/user/currentUser", user: "", headers: ("Cookie", cookies))).Status);
    }

    [Fact]
    public async Task A_user_is_shown_in_two_forms_and_changes_himself()
    {
        await using var server = await InventoryServer.StartAsync();
        await server.AddUserAsync("rita", Roles.Reader);

        var (status, changed) = await server.AskAsync(
            "PUT",
            "/user/currentUser",
            """{"firstName":"Rita","email":"r@x","customProperties":{"language":"de"},"password":"another password"}""",
            user: "rita"
        );
        Assert.Equal((200, "Rita"), (status, (string)changed!["firstName"]!));
        Assert.Equal("2026-03-01T12:00:00.000Z", (string)changed["lastPasswordChange"]!);
        Assert.Equal(401, (await server.AskAsync("GET", "/user/currentUser", user: "rita")).Status);

        var current = await server.GetAsync("/user/currentUser");
        Assert.Equal("admin", (string)current["userName"]!);
        Assert.Contains("ROLE_INVENTORY_ADMIN", current["effectiveRoles"]!.AsArray().Select(role => (string)role!["id"]!));
        var (_, whole) = await server.AskAsync(
            "GET",
            "/user/currentUser",
            headers: ("Accept", "application/vnd.com.nsn.cumulocity.user+json;")
        );
        Assert.Null(current["roles"]);
        Assert.NotNull(whole!["roles"]!["references"]![0]!["role"]!["id"]);
        Assert.Equal(422, (await server.AskAsync("PUT", "/user/currentUser", """{"email":7}""")).Status);
        Assert.Equal(422, (await server.AskAsync("PUT", "/user/currentUser", """{"password":"x"}""")).Status);
    }

    [Fact]
    public async Task Options_are_set_read_and_removed()
    {
        await using var server = await InventoryServer.StartAsync();
        await server.AddUserAsync("rita", Roles.Reader);
        const string Path = "/tenant/options";
        var option = """{"category":"alarm.type.mapping","key":"temp too/high","value":"CRITICAL|hot"}""";

        var (status, made) = await server.AskAsync("POST", Path, option);
        Assert.Equal(200, status);
        var self = new Uri((string)made!["self"]!).PathAndQuery;
        Assert.Equal("CRITICAL|hot", (string)(await server.GetAsync(self))["value"]!);
        Assert.Equal(200, (await server.AskAsync("POST", Path, option.Replace("hot", "warm"))).Status);
        Assert.Equal("CRITICAL|warm", (string)(await server.GetAsync(self))["value"]!);
        Assert.Equal("x", (string)(await server.AskAsync("PUT", $"{Path}/cat/key", """{"value":"x"}""")).Body!["value"]!);
        Assert.Equal(
            """{"a":"1","b":"2","key":"x"}""",
            (await server.AskAsync("PUT", $"{Path}/cat", """{"b":"2","a":"1"}""")).Body!.ToJsonString()
        );

        var (_, secret) = await server.AskAsync("PUT", $"{Path}/cat/credentials.p", """{"value":"very secret"}""");
        Assert.Equal("<<Encrypted>>", (string)secret!["value"]!);
        Assert.Equal("<<Encrypted>>", (string)(await server.GetAsync($"{Path}/cat"))["credentials.p"]!);

        var list = await server.GetAsync($"{Path}?pageSize=2&withTotalPages=true");
        Assert.Equal(3, (int)list["statistics"]!["totalPages"]!);
        Assert.Equal(204, (await server.AskAsync("DELETE", self)).Status);
        Assert.Equal(404, (await server.AskAsync("DELETE", self)).Status);
        Assert.Equal(404, (await server.AskAsync("GET", self)).Status);
        Assert.Equal(422, (await server.AskAsync("POST", Path, """{"category":"a b","key":"k","value":"v"}""")).Status);
        Assert.Equal(422, (await server.AskAsync("POST", Path, """{"category":"a"}""")).Status);
        Assert.Equal(403, (await server.AskAsync("POST", Path, option, user: "rita")).Status);
        Assert.Equal("system", (string)(await server.GetAsync("/tenant/system/options/system/version"))["category"]!);
        Assert.Equal(404, (await server.AskAsync("GET", "/tenant/system/options/system/nothing")).Status);

        var (records, _) = await server.One.Audit.ListAsync(
            TestCloud.Tenant,
            new AuditFilter { Type = "Option" },
            false,
            10,
            null,
            Cancellation
        );
        Assert.Equal(
            [
                "Option created: temp too/high='CRITICAL|hot'",
                "Option updated: temp too/high='CRITICAL|warm'",
                "Option created: key='x'",
                "Option created: b='2', a='1'",
                "Option created: credentials.p='<<Encrypted>>'",
                "Option deleted: alarm.type.mapping/temp too/high",
            ],
            records.Select(record => record.Value.Text)
        );
        Assert.All(records, record => Assert.Equal("admin", record.Value.User));
    }

    [Fact]
    public async Task Logging_out_ends_the_token_and_no_other()
    {
        await using var server = await InventoryServer.StartAsync();
        string[] tokens = [await LogInAsync(server), await LogInAsync(server)];

        Assert.Equal(200, await LogOutAsync(server, Bearer(tokens[0])));

        Assert.Equal([401, 200], await ReadAsync(server, tokens));
        server.Cloud.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal([401, 200], await ReadAsync(server, tokens));
        server.Cloud.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([401, 401, 200], await ReadAsync(server, [.. tokens, await LogInAsync(server)]));
    }

    private static async Task<string> LogInAsync(InventoryServer server)
    {
        var (_, answer) = await server.AskAsync(
            "POST",
            "/tenant/oauth/token",
            $"grant_type=PASSWORD&username=admin&password={Uri.EscapeDataString(InventoryServer.Password)}",
            "application/x-www-form-urlencoded",
            user: ""
        );
        return (string)answer!["access_token"]!;
    }

    private static async Task<int> LogOutAsync(InventoryServer server, params (string Name, string Value)[] headers)
    {
        using var answer = await server.SendAsync("POST", "/user/logout", null, user: "", headers);
        return (int)answer.StatusCode;
    }

    private static async Task<IReadOnlyList<int>> ReadAsync(InventoryServer server, IReadOnlyList<string> tokens)
    {
        var statuses = new List<int>();
        foreach (var token in tokens)
        {
            statuses.Add((await server.AskAsync("GET", "/tenant/currentTenant", user: "", headers: Bearer(token))).Status);
        }

        return statuses;
    }

    private static (string Name, string Value) Bearer(string token) => ("Authorization", $"Bearer {token}");
}
