using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class AccessTests
{
    [Theory]
    [InlineData("/v1/auth/client-token")]
    [InlineData("/v1/auth/client-token/")]
    [InlineData("/prod/v1/auth/client-token")]
    public async Task Several_tokens_of_a_client_are_good_for_fifteen_minutes(string path)
    {
        await using var server = await ThingseeServer.StartAsync();
        var first = await LogInAsync(server, path);
        server.Cloud.Time.Advance(TimeSpan.FromMinutes(10));
        var second = await LogInAsync(server, path);

        Assert.NotEqual(first, second);
        Assert.Equal((200, 200), (await StatusAsync(server, first), await StatusAsync(server, second)));
        server.Cloud.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((401, 200), (await StatusAsync(server, first), await StatusAsync(server, second)));
    }

    [Theory]
    [InlineData("""{"client_id":"api-user","client_secret":"wrong"}""", 401)]
    [InlineData("""{"client_id":"nobody","client_secret":"wrong"}""", 401)]
    [InlineData("""{"client_id":"api-user"}""", 400)]
    [InlineData("""{"client_id":1,"client_secret":2}""", 400)]
    [InlineData("""[]""", 400)]
    [InlineData("", 400)]
    public async Task A_wrong_login_is_an_error_in_json(string body, int expected)
    {
        await using var server = await ThingseeServer.StartAsync();

        var (status, answer) = await server.AskAsync("POST", "/v1/auth/client-token", body, "");

        Assert.Equal((expected, expected), (status, (int)answer["statusCode"]!));
    }

    [Fact]
    public async Task The_tokens_of_a_client_end_with_it_and_with_its_secret()
    {
        await using var server = await ThingseeServer.StartAsync();
        var token = await LogInAsync(server, "/v1/auth/client-token");
        await server.One.Clients.ApplyAsync(TestCloud.Tenant, ThingseeServer.Client, "another secret", TestCloud.Cancellation);
        Assert.Equal(401, await StatusAsync(server, token));

        await server.One.Clients.ApplyAsync(TestCloud.Tenant, ThingseeServer.Client, ThingseeServer.Secret, TestCloud.Cancellation);
        var next = await LogInAsync(server, "/v1/auth/client-token");
        Assert.Equal(200, await StatusAsync(server, next));
        await server.One.Clients.DeleteAsync(TestCloud.Tenant, ThingseeServer.Client, TestCloud.Cancellation);

        Assert.Equal(401, await StatusAsync(server, next));
    }

    [Fact]
    public async Task A_users_token_works_too_and_a_reader_only_reads()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.One.Users.ApplyAsync(
            TestCloud.Tenant,
            "ann",
            new UserChange { ApiToken = "the-token", Roles = [Roles.Reader] },
            null,
            TestCloud.Cancellation
        );

        Assert.Equal(200, await StatusAsync(server, "the-token"));
        var (status, body) = await server.AskAsync("POST", "/v1/groups", """{"group_id":"prfi00a"}""", "the-token");

        Assert.Equal((403, "Forbidden"), (status, (string)body["error"]!));
    }

    [Theory]
    [InlineData("GET", "/v1/groups", "", 401)]
    [InlineData("GET", "/v1/groups", "nonsense", 401)]
    [InlineData("GET", "/v1/nothing", null, 404)]
    [InlineData("GET", "/v1/", null, 404)]
    [InlineData("GET", "/v1", null, 404)]
    [InlineData("GET", "/prod/v1/things", null, 404)]
    [InlineData("GET", "/v1/things/TSNONE", null, 404)]
    [InlineData("GET", "/v1/things/%01%ff", null, 404)]
    [InlineData("GET", "/v1/things/a%2Fb/group", null, 404)]
    [InlineData("PUT", "/v1/groups", null, 405)]
    [InlineData("DELETE", "/v1/things/alerts", null, 405)]
    [InlineData("GET", "/v1/auth/client-token", null, 405)]
    [InlineData("OPTIONS", "/v1/groups", null, 405)]
    public async Task What_is_not_there_is_an_error_in_json(string method, string path, string? bearer, int expected)
    {
        await using var server = await ThingseeServer.StartAsync();

        var (status, body) = await server.AskAsync(method, path, null, bearer);

        Assert.Equal((expected, expected), (status, (int)body["statusCode"]!));
        Assert.NotEmpty((string)body["error"]!);
        Assert.NotEmpty((string)body["message"]!);
    }

    [Theory]
    [InlineData("POST", "/v1/groups")]
    [InlineData("POST", "/v1/groups/prfi00a/rename")]
    [InlineData("POST", "/v1/things/TSPR04/installations")]
    [InlineData("POST", "/v1/things/TSPR04/group")]
    [InlineData("POST", "/v1/auth/client-token")]
    public async Task A_wrong_body_is_an_error_in_json_and_makes_nothing(string method, string path)
    {
        await using var server = await ThingseeServer.StartAsync();
        byte[][] bodies =
        [
            "{"u8.ToArray(),
            "[]"u8.ToArray(),
            "{}"u8.ToArray(),
            """{"group_id":5,"installation_status":5,"client_id":5}"""u8.ToArray(),
            """{"group_id":null,"installation_status":"broken"}"""u8.ToArray(),
            """{"group_id":"prfi00b","group_id":"prfi00b","installation_status":"new","installation_status":"new"}"""u8.ToArray(),
            [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
            Encoding.UTF8.GetBytes(new string('[', 5000)),
        ];
        foreach (var body in bodies)
        {
            var (status, text) = await server.AskTextAsync(method, path, body);
            Assert.True(status == 400, $"{Encoding.UTF8.GetString(body)[..Math.Min(80, body.Length)]}: {status} {text}");
        }

        var large = Encoding.UTF8.GetBytes($$"""{"group_id":"{{new string('a', 2_000_000)}}"}""");
        Assert.Equal(413, (await server.AskTextAsync(method, path, large)).Status);
        Assert.Equal(404, (await server.AskAsync("GET", "/v1/things/TSPR04")).Status);
        Assert.Equal("[]", await server.GetAsync("/v1/groups"));
    }

    [Fact]
    public async Task Head_is_get_without_a_body_and_a_store_that_is_away_is_503()
    {
        await using var server = await ThingseeServer.StartAsync();
        using var head = new HttpRequestMessage(HttpMethod.Head, "/v1/groups");
        head.Headers.Authorization = new("Bearer", await LogInAsync(server, "/v1/auth/client-token"));
        using var answer = await server.Http.SendAsync(head, TestCloud.Cancellation);
        Assert.Equal((200, 11L), ((int)answer.StatusCode, answer.Content.Headers.ContentLength));

        server.Cloud.Store.GoAway();
        var (status, body) = await server.AskAsync("GET", "/v1/groups");
        server.Cloud.Store.ComeBack();

        Assert.Equal((503, 503), (status, (int)body["statusCode"]!));
    }

    private static async Task<string> LogInAsync(ThingseeServer server, string path)
    {
        var login = $$"""{"client_id":"{{ThingseeServer.Client}}","client_secret":"{{ThingseeServer.Secret}}"}""";
        var (status, body) = await server.AskAsync("POST", path, login, "");
        Assert.Equal(200, status);
        return (string)body["data"]!["token"]!;
    }

    private static async Task<int> StatusAsync(ThingseeServer server, string token) =>
        (await server.AskAsync("GET", "/v1/groups", null, token)).Status;
}
