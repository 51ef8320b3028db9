using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>Tokens, switches, roles, methods and paths.</summary>
public sealed class AccessTests
{
    private const string Plain = """{"id":"A1","ch":1,"value":1}""";
    private const string Unauthorized = """401 {"code":"401","error":"Unauthorized: Authentication failed"}""";

    [Theory]
    [InlineData("", "X-Api-Key", ConduitServer.Token, "304")]
    [InlineData("", "Token", ConduitServer.Token, "304")]
    [InlineData("", "Authorization", $"Bearer {ConduitServer.Token}", "304")]
    [InlineData($"?token={ConduitServer.Token}", "X-None", "x", "304")]
    [InlineData("?token=wrong", "X-Api-Key", ConduitServer.Token, "304")]
    [InlineData($"?token={ConduitServer.Token}", "X-Api-Key", "wrong", Unauthorized)]
    [InlineData("", "X-None", "x", Unauthorized)]
    [InlineData("", "X-Api-Key", "", Unauthorized)]
    [InlineData("?token=wrong", "X-None", "x", Unauthorized)]
    public async Task The_token_comes_in_a_header_or_as_a_parameter(string query, string header, string value, string expected)
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.SendAsync("GET", $"/conduitv6/{query}", null, null, 0, (header, value));
        Assert.Equal(expected, reply.ToString());
        Assert.Equal(expected == Unauthorized, reply.Headers.ContainsKey("WWW-Authenticate"));
    }

    [Fact]
    public async Task Our_own_tokens_and_api_tokens_work_too()
    {
        await using var server = await ConduitServer.StartAsync();
        var change = new UserChange { Roles = [Roles.Reader], ApiToken = "an-api-token" };
        var bob = await server.Cloud.One.Users.ApplyAsync(TestCloud.Tenant, "bob", change, null, ConduitServer.Cancellation);
        var pair = await server.Tokens.IssueAsync(TestCloud.Tenant, bob.Value, null, ConduitServer.Cancellation);
        foreach (var token in new[] { pair.Access, "an-api-token" })
        {
            Assert.Equal("304", (await server.GetAsync("/conduitv6", token)).ToString());
            Assert.Equal(
                "304",
                (await server.SendAsync("GET", "/conduitv6", null, null, 0, ("Authorization", $"Bearer {token}"))).ToString()
            );
        }

        Assert.Equal(Unauthorized, (await server.GetAsync("/conduitv6", pair.Refresh)).ToString());
    }

    [Theory]
    [InlineData("""{"token":"5b131223c67e7abcd81b0617","networkId":"A1","data":[{"channelId":1,"value":1}]}""", 200)]
    [InlineData("""{"token":"5b131223c67e7abcd81b0617","id":"A1","ch":1,"value":1}""", 200)]
    [InlineData("""[{"token":"5b131223c67e7abcd81b0617","id":"A1","ch":1,"value":1},{"id":"A1","ch":2,"value":1}]""", 200)]
    [InlineData(
        """[{"token":"5b131223c67e7abcd81b0617","id":"A1","ch":1,"value":1},{"token":"another","id":"A1","ch":2,"value":1}]""",
        401
    )]
    [InlineData("""{"token":"wrong","networkId":"A1","data":[{"channelId":1,"value":1}]}""", 401)]
    [InlineData("""{"networkId":"A1","data":[{"channelId":1,"value":1}]}""", 401)]
    [InlineData("{", 401)]
    public async Task An_uplink_may_have_the_token_in_it(string body, int expected)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(expected, (await server.PostAsync("/conduitv6", body, token: null)).Status);
    }

    [Theory]
    [InlineData("GET", "/conduitv6", null, "Http")]
    [InlineData("GET", "/conduitv4", null, "Http")]
    [InlineData("PUT", "/conduitv6?id=A1", "{}", "Http")]
    [InlineData("DELETE", "/conduitv6?id=A1&ch=1", null, "Http")]
    [InlineData("POST", "/conduitv6", Plain, "Http")]
    [InlineData("POST", "/conduitv6", """{"networkId":"A1","data":[{"channelId":1,"value":1}]}""", "Webhook")]
    [InlineData("POST", "/conduitv4/post?netid=A1&chid=1&value=1", null, "Webhook")]
    public async Task A_service_that_is_switched_off_is_403(string method, string path, string? body, string service)
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddUserAsync("bob", "bobs-token", http: service != "Http", webhook: service != "Webhook");
        var content = body is null ? null : new StringContent(body, null, "application/json");
        Assert.Equal(
            $$"""403 {"code":"403","error":"Forbidden: The {{service}} service is switched off for this token."}""",
            (await server.SendAsync(method, path, content, "bobs-token")).ToString()
        );
    }

    [Theory]
    [InlineData("POST", "/conduitv6", Plain, "write")]
    [InlineData("POST", "/conduitv4/post?netid=A1&chid=1&value=1", null, "write")]
    [InlineData("PUT", "/conduitv6?id=A1", """{"dev_site":"x"}""", "write")]
    [InlineData("DELETE", "/conduitv6?id=A1&ch=1", null, "write")]
    [InlineData("GET", "/conduitv6", null, null)]
    public async Task A_reader_may_read_and_not_write(string method, string path, string? body, string? refused)
    {
        await using var server = await ConduitServer.StartAsync();
        await server.AddUserAsync("bob", "bobs-token", Roles.Reader);
        var content = body is null ? null : new StringContent(body, null, "application/json");
        var expected = refused is null ? "304" : $$"""403 {"code":"403","error":"Forbidden: The user may not {{refused}}."}""";
        Assert.Equal(expected, (await server.SendAsync(method, path, content, "bobs-token")).ToString());
    }

    [Theory]
    [InlineData("PATCH", "/conduitv6/", "GET, POST, PUT, DELETE")]
    [InlineData("POST", "/conduitv4", "GET")]
    [InlineData("GET", "/conduitv4/post", "POST")]
    public async Task Another_method_is_405(string method, string path, string allowed)
    {
        await using var server = await ConduitServer.StartAsync();
        var reply = await server.SendAsync(method, path);
        Assert.Equal("""405 {"code":"405","error":"Method Not Allowed"}""", reply.ToString());
        Assert.Equal(allowed, reply.Headers["Allow"]);
    }

    [Theory]
    [InlineData("/conduitv6/devices")]
    [InlineData("/conduitv4/posts")]
    [InlineData("/conduitv4/post/x")]
    public async Task Another_path_is_404(string path)
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal("""404 {"code":"404","error":"Requested resource not found"}""", (await server.GetAsync(path)).ToString());
    }

    [Fact]
    public async Task HEAD_is_GET_without_its_body()
    {
        await using var server = await ConduitServer.StartAsync();
        Assert.Equal(304, (await server.SendAsync("HEAD", "/conduitv6")).Status);
        await server.PostAsync("/conduitv6", Plain);
        var (get, head) = (await server.GetAsync("/conduitv6"), await server.SendAsync("HEAD", "/conduitv6"));
        Assert.Equal((200, "", get.Headers["Content-Length"]), (head.Status, head.Body, head.Headers["Content-Length"]));
        Assert.Equal("401", (await server.SendAsync("HEAD", "/conduitv6", null, "wrong")).ToString());
    }

    [Fact]
    public async Task What_nobody_expected_is_500_without_a_reason_but_with_a_line_in_the_log()
    {
        await using var server = await ConduitServer.StartAsync();
        server.Cloud.Store.BeforeGet = _ => throw new InvalidTimeZoneException("a secret");
        Assert.Equal("""500 {"code":"500","error":"Internal Server Error"}""", (await server.GetAsync("/conduitv6")).ToString());
        Assert.Contains("GET /conduitv6 failed unexpectedly", Assert.Single(server.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_have_the_seeds_limits()
    {
        var settings = new ConduitSettings();
        Assert.Equal((15, 10_000, 0), (settings.ReadSeconds, settings.MaxPoints, settings.MaxRangeDays));
    }
}
