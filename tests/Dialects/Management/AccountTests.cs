using System.Text.Json.Nodes;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Management;

public sealed class AccountTests(ManagementCloud cloud) : IClassFixture<ManagementCloud>
{
    private readonly string name = $"u{Guid.NewGuid():N}";

    private string User => $"/api/v1/users/{name}";

    [Fact]
    public async Task A_user_logs_in_and_refreshes_until_its_password_changes()
    {
        await CreateAsync($$"""{"name":"{{name}}","password":"{{ManagementCloud.Password}}","roles":["reader"]}""");
        var login = await LogInAsync(ManagementCloud.Password);
        var refreshed = await cloud.SendAsync(null, "POST", "/api/v1/token", $$"""{"refreshToken":"{{login.Json["refreshToken"]}}"}""");
        Assert.Equal((200, 200), (login.Status, refreshed.Status));
        Assert.Equal(200, (await SendWithAsync($"{refreshed.Json["accessToken"]}")).Status);

        await cloud.SendAsync("admin", "PATCH", User, """{"password":"another one"}""");

        Assert.Equal(401, (await LogInAsync(ManagementCloud.Password)).Status);
        Assert.Equal(401, (await SendWithAsync($"{refreshed.Json["accessToken"]}")).Status);
        Assert.Equal(200, (await LogInAsync("another one")).Status);
    }

    [Fact]
    public async Task Secrets_are_in_the_answer_that_makes_them_and_in_no_other()
    {
        await CreateAsync($$"""{"name":"{{name}}","password":"{{ManagementCloud.Password}}","conduit":{"mqtt":true} }""");
        var secrets = new List<string> { ManagementCloud.Password };
        foreach (var purpose in new[] { "api", "device", "conduit" })
        {
            var issued = await cloud.SendAsync("admin", "POST", $"{User}/tokens", $$"""{"purpose":"{{purpose}}"}""");
            Assert.Equal(201, issued.Status);
            secrets.Add(issued.Json["token"]!.GetValue<string>());
        }

        var client = await cloud.SendAsync("admin", "POST", "/api/v1/clients", $$"""{"id":"{{name}}"}""");
        secrets.Add(client.Json["secret"]!.GetValue<string>());
        var user = (await cloud.Users.FindAsync(ManagementCloud.Own, name, CancellationToken.None))!.Value;
        secrets.AddRange([user.Password!, user.Stamp, user.ApiToken!, user.DeviceToken!, user.Conduit!.Token!]);

        foreach (
            var path in new[]
            {
                User,
                $"{User}/tokens",
                "/api/v1/users?limit=1000",
                "/api/v1/clients?limit=1000",
                $"/api/v1/clients/{name}",
            }
        )
        {
            var reply = await cloud.SendAsync("admin", "GET", path);
            Assert.Equal(200, reply.Status);
            Assert.DoesNotContain(secrets, secret => reply.Text.Contains(secret));
        }

        var patched = await cloud.SendAsync("admin", "PATCH", User, """{"mqttUser":"m"}""");
        Assert.DoesNotContain(secrets, secret => patched.Text.Contains(secret));
        Assert.Equal("""{"http":false,"mqtt":true,"webhook":false}""", patched.Json["conduit"]!.ToJsonString());
    }

    [Fact]
    public async Task A_token_opens_until_it_is_replaced_or_removed()
    {
        await CreateAsync($$"""{"name":"{{name}}","roles":["reader"]}""");
        var first = await IssueAsync("""{"purpose":"api"}""");
        Assert.Equal(200, (await SendWithAsync(first)).Status);
        var second = await IssueAsync($$"""{"purpose":"api","token":"mine-{{name}}"}""");

        Assert.Equal($"mine-{name}", second);
        Assert.Equal((401, 200), ((await SendWithAsync(first)).Status, (await SendWithAsync(second)).Status));
        Assert.Equal(204, (await cloud.SendAsync("admin", "DELETE", $"{User}/tokens/api")).Status);
        Assert.Equal(401, (await SendWithAsync(second)).Status);
        Assert.Equal(404, (await cloud.SendAsync("admin", "DELETE", $"{User}/tokens/api")).Status);
        Assert.Equal(404, (await cloud.SendAsync("admin", "DELETE", $"{User}/tokens/none")).Status);
    }

    [Fact]
    public async Task A_token_of_another_user_is_refused()
    {
        await CreateAsync($$"""{"name":"{{name}}"}""");
        await cloud.CreateUserAsync(ManagementCloud.Other, new UserChange { DeviceToken = $"taken-{name}" });
        var reply = await cloud.SendAsync("admin", "POST", $"{User}/tokens", $$"""{"purpose":"device","token":"taken-{{name}}"}""");

        Assert.Equal((409, "/problems/exists"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task Only_an_operator_makes_or_touches_operators()
    {
        var path = "/api/v1/users";
        Assert.Equal(403, (await cloud.SendAsync("admin", "POST", path, $$"""{"name":"{{name}}","roles":["operator"]}""")).Status);
        Assert.Equal(
            201,
            (await cloud.SendAsync("operator", "POST", $"{path}?tenant=acme", $$"""{"name":"{{name}}","roles":["operator"]}""")).Status
        );
        Assert.Equal(403, (await cloud.SendAsync("admin", "PATCH", User, """{"password":"mine now"}""")).Status);
        Assert.Equal(403, (await cloud.SendAsync("admin", "POST", $"{User}/tokens", """{"purpose":"api"}""")).Status);
        Assert.Equal(403, (await cloud.SendAsync("admin", "DELETE", User)).Status);
        Assert.Equal(403, (await cloud.SendAsync("admin", "PATCH", "/api/v1/users/admin", """{"roles":["operator"]}""")).Status);
    }

    [Fact]
    public async Task A_user_is_changed_and_deleted_under_its_entity_tag()
    {
        await CreateAsync($$"""{"name":"{{name}}","mqttUser":"m"}""");
        Assert.Equal(409, (await cloud.SendAsync("admin", "POST", "/api/v1/users", $$"""{"name":"{{name}}"}""")).Status);
        var first = (await cloud.SendAsync("admin", "GET", User)).ETag;
        var patched = await cloud.SendAsync("admin", "PATCH", User, """{"mqttUser":null}""", ifMatch: first);

        Assert.Null(patched.Json["mqttUser"]);
        Assert.Equal(412, (await cloud.SendAsync("admin", "PATCH", User, """{"roles":["user"]}""", ifMatch: first)).Status);
        Assert.Equal(412, (await cloud.SendAsync("admin", "DELETE", User, ifMatch: first)).Status);
        Assert.Equal(204, (await cloud.SendAsync("admin", "DELETE", User, ifMatch: patched.ETag)).Status);
        Assert.Equal(404, (await cloud.SendAsync("admin", "GET", User)).Status);
    }

    [Fact]
    public async Task Changes_at_the_same_moment_all_stand_where_none_asks_for_a_version()
    {
        await CreateAsync($$"""{"name":"{{name}}"}""");
        string[] patches =
        [
            """{"mqttUser":"m"}""",
            """{"roles":["user"]}""",
            """{"conduit":{"http":true}}""",
            """{"conduit":{"mqtt":true}}""",
        ];
        var replies = await Task.WhenAll(patches.Select(patch => cloud.SendAsync("admin", "PATCH", User, patch)));
        var user = (await cloud.SendAsync("admin", "GET", User)).Json;

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal("m", user["mqttUser"]!.GetValue<string>());
        Assert.Equal("""["user"]""", user["roles"]!.ToJsonString());
        Assert.Equal("""{"http":true,"mqtt":true,"webhook":false}""", user["conduit"]!.ToJsonString());
    }

    [Fact]
    public async Task A_name_and_a_password_open_as_basic_authentication_too()
    {
        await CreateAsync($$"""{"name":"{{name}}","password":"{{ManagementCloud.Password}}","roles":["reader"]}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices?limit=1");
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"acme/{name}:{ManagementCloud.Password}"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Basic {basic}");

        Assert.Equal(200, (await cloud.SendAsync(request)).Status);
    }

    [Fact]
    public async Task A_client_logs_in_with_its_last_secret()
    {
        var path = $"/api/v1/clients/{Uri.EscapeDataString($"{name}/a")}";
        var created = await cloud.SendAsync("admin", "POST", "/api/v1/clients", $$"""{"id":"{{name}}/a","secret":"given one"}""");
        var replaced = await cloud.SendAsync("admin", "PUT", path);

        Assert.Equal((201, "given one"), (created.Status, created.Json["secret"]!.GetValue<string>()));
        Assert.Equal(200, replaced.Status);
        Assert.Null(await cloud.Logins.LogInClientAsync($"{name}/a", "given one", CancellationToken.None));
        Assert.Equal("acme", await cloud.Logins.LogInClientAsync($"{name}/a", $"{replaced.Json["secret"]}", CancellationToken.None));
        Assert.Equal(409, (await cloud.SendAsync("stranger", "POST", "/api/v1/clients", $$"""{"id":"{{name}}/a"}""")).Status);
        Assert.Equal(412, (await cloud.SendAsync("admin", "DELETE", path, ifMatch: created.ETag)).Status);
        Assert.Equal(204, (await cloud.SendAsync("admin", "DELETE", path)).Status);
    }

    [Fact]
    public async Task A_tenant_is_an_operators_to_make_and_its_admins_to_change()
    {
        var created = await cloud.SendAsync("operator", "POST", "/api/v1/tenants", $$"""{"id":"{{name}}","name":"New"}""");
        Assert.Equal(201, created.Status);
        Assert.Equal(409, (await cloud.SendAsync("operator", "POST", "/api/v1/tenants", $$"""{"id":"{{name}}"}""")).Status);
        Assert.Equal(404, (await cloud.SendAsync("admin", "GET", created.Headers["Location"])).Status);

        var own = (await cloud.SendAsync("admin", "GET", "/api/v1/tenants/acme")).ETag;
        var patch =
            """{"timeZone":"Europe/Berlin","settings":{"unknownDevices":"DeadLetter","queries":{"maxRows":5}},"databases":["history"]}""";
        var patched = await cloud.SendAsync("admin", "PATCH", "/api/v1/tenants/acme", patch, ifMatch: own);

        var settings = patched.Json["settings"]!;
        Assert.Equal(("DeadLetter", false), ((string)settings["unknownDevices"]!, (bool)settings["proficloudErrors500"]!));
        Assert.Equal(
            """{"maxRows":5,"maxBuckets":10000000,"maxSeries":1000000,"maxPoints":0,"maxMemory":268435456,"""
                + "\"timeoutSeconds\":60,\"maxConcurrent\":100,\"maxLength\":1048576,\"maxDepth\":100}",
            settings["queries"]!.ToJsonString()
        );
        Assert.Equal("""["history"]""", patched.Json["databases"]!.ToJsonString());
        Assert.Equal(412, (await cloud.SendAsync("admin", "PATCH", "/api/v1/tenants/acme", patch, ifMatch: own)).Status);
        var other = await cloud.SendAsync("admin", "PATCH", "/api/v1/tenants/acme", """{"databases":["other"]}""");
        Assert.Equal("""["other"]""", other.Json["databases"]!.ToJsonString());
        var slash = await cloud.SendAsync("admin", "PATCH", "/api/v1/tenants/acme", """{"databases":["a/b"]}""");
        Assert.Equal((400, "databases"), (slash.Status, slash.Json["member"]!.GetValue<string>()));
        var wrong = await cloud.SendAsync("admin", "PATCH", "/api/v1/tenants/acme", """{"timeZone":"Mars/Base"}""");
        Assert.Equal((400, "timeZone"), (wrong.Status, wrong.Json["member"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_tenants_settings_are_merged_and_null_is_the_default_again()
    {
        await cloud.SendAsync("operator", "POST", "/api/v1/tenants", $$"""{"id":"{{name}}","settings":{"queries":{"maxRows":7} } }""");
        var path = $"/api/v1/tenants/{name}";
        var set = await cloud.SendAsync(
            "operator",
            "PATCH",
            path,
            """{"settings":{"unknownDevices":"DeadLetter","commands":{"types":{"valve":"Desired","lamp":"Message"}}}}"""
        );
        Assert.Equal((200, 7), (set.Status, (int)set.Json["settings"]!["queries"]!["maxRows"]!));

        var patch = """{"settings":{"unknownDevices":null,"commands":{"lifetimeSeconds":9,"types":{"valve":null}}}}""";
        var settings = (await cloud.SendAsync("operator", "PATCH", path, patch)).Json["settings"]!;
        Assert.Null(settings["unknownDevices"]);
        Assert.Equal("""{"delivery":"Automatic","types":{"lamp":"Message"},"lifetimeSeconds":9}""", settings["commands"]!.ToJsonString());
        foreach (
            var wrong in new[]
            {
                """{"commands":{"types":{"valve":"Pigeon"}}}""",
                """{"commands":{"lifetimeSeconds":0}}""",
                """{"queries":{"maxRows":1.5}}""",
                """{"queries":{"maxRows":5.0}}""",
                """{"queries":null}""",
            }
        )
        {
            Assert.Equal(400, (await cloud.SendAsync("operator", "PATCH", path, $$"""{"settings":{{wrong}}}""")).Status);
        }
    }

    [Fact]
    public async Task Tenants_are_listed_page_by_page()
    {
        var first = (await cloud.SendAsync("operator", "GET", "/api/v1/tenants?limit=1")).Json;
        var second = (await cloud.SendAsync("operator", "GET", $"/api/v1/tenants?limit=1&cursor={first["next"]}")).Json;

        Assert.NotEqual(first["items"]![0]!["id"]!.ToString(), second["items"]![0]!["id"]!.ToString());
    }

    [Fact]
    public async Task A_new_signing_key_leaves_everybody_logged_in()
    {
        Assert.Equal(201, (await cloud.SendAsync("operator", "POST", "/api/v1/signing-keys")).Status);
        Assert.Equal(200, (await cloud.SendAsync("reader", "GET", "/api/v1/devices")).Status);
    }

    private async Task CreateAsync(string body) =>
        Assert.Equal(201, (await cloud.SendAsync("admin", "POST", "/api/v1/users", body)).Status);

    private Task<Reply> LogInAsync(string password) =>
        cloud.SendAsync(null, "POST", "/api/v1/token", new JsonObject { ["username"] = name, ["password"] = password }.ToJsonString());

    private async Task<string> IssueAsync(string body) =>
        (await cloud.SendAsync("admin", "POST", $"{User}/tokens", body)).Json["token"]!.GetValue<string>();

    private async Task<Reply> SendWithAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/devices?limit=1");
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        return await cloud.SendAsync(request);
    }
}
