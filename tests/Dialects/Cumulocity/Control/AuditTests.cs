using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

public sealed class AuditTests : IAsyncLifetime
{
    private const string Path = "/audit/auditRecords";

    private const string Tenant = TestCloud.Tenant;

    private ControlServer server = null!;
    private DeviceTwin device = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ControlServer.StartAsync();
        device = await server.AddAgentAsync("device");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Alarms_write_who_changed_what_and_nothing_for_no_change()
    {
        var body = $$"""{"source":{"id":"{{device.Id}}"},"type":"t","text":"x","severity":"MAJOR","time":"2020-01-01T00:00:00Z"}""";
        var id = (string)(await server.DoAsync(201, "POST", "/alarm/alarms", body))!["id"]!;
        await server.DoAsync(201, "POST", "/alarm/alarms", body);
        await server.DoAsync(200, "PUT", $"/alarm/alarms/{id}", """{"severity":"MAJOR","text":"x"}""");
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await server.DoAsync(200, "PUT", $"/alarm/alarms/{id}", """{"status":"CLEARED"}""", "admin");

        var records = await ListAsync($"source={id}");

        Assert.Equal(
            ["Alarm updated: status='CLEARED'", "Alarm created: status='ACTIVE', severity='MAJOR', text='x'"],
            records.Select(record => (string)record["text"]!)
        );
        Assert.Equal(["admin", "user"], records.Select(record => (string)record["user"]!));
        Assert.Equal(
            """[{"attribute":"status","changeType":"REPLACED","previousValue":"ACTIVE","newValue":"CLEARED","type":"java.lang.String"}]""",
            records[0]["changes"]!.ToJsonString()
        );
        Assert.EndsWith($"/alarm/alarms/{id}", (string)records[0]["source"]!["self"]!);
    }

    [Fact]
    public async Task Operations_write_each_status_once()
    {
        var id = (string)
            (await server.DoAsync(201, "POST", "/devicecontrol/operations", $$"""{"deviceId":"{{device.Id}}","c8y_Restart":{} }"""))![
                "id"
            ]!;
        foreach (var status in new[] { "EXECUTING", "EXECUTING", "SUCCESSFUL", "SUCCESSFUL" })
        {
            server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
            await server.DoAsync(200, "PUT", $"/devicecontrol/operations/{id}", $$"""{"status":"{{status}}"}""");
        }

        Assert.Equal(
            ["Operation updated: status='SUCCESSFUL'", "Operation updated: status='EXECUTING'", "Operation created: status='PENDING'"],
            (await ListAsync($"source={id}&type=Operation")).Select(record => (string)record["text"]!)
        );
    }

    [Fact]
    public async Task Users_write_who_made_changed_and_deleted_them_and_no_secret()
    {
        var (users, actor) = (server.One.Users, new AuditActor("admin"));
        await users.CreateAsync(Tenant, "rita", new UserChange { Password = "very secret", Roles = [Roles.Reader] }, Cancellation, actor);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await users.UpdateAsync(
            Tenant,
            "rita",
            new UserChange { Roles = [Roles.User], ApiToken = "an api token" },
            null,
            Cancellation,
            actor
        );
        await users.UpdateAsync(Tenant, "rita", new UserChange { Roles = [Roles.User] }, null, Cancellation, actor);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await users.DeleteAsync(Tenant, "rita", null, Cancellation, actor);

        var records = await ListAsync("source=rita&type=User");

        Assert.Equal(
            ["User deleted", "User updated: roles='user', token.api", "User created: roles='reader', password"],
            records.Select(record => (string)record["text"]!)
        );
        Assert.All(records, record => Assert.Equal("admin", (string)record["user"]!));
        Assert.EndsWith($"/user/{Tenant}/users/rita", (string)records[0]["source"]!["self"]!);
        Assert.Equal(
            """[{"attribute":"roles","changeType":"REPLACED","previousValue":"reader","newValue":"user","type":"java.lang.String"}]""",
            records[1]["changes"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task A_record_is_written_read_and_found()
    {
        var made = (
            await server.DoAsync(
                201,
                "POST",
                Path,
                $$"""{"activity":"Did it","source":{"id":"{{device.Id}}"},"text":"By hand","time":"2020-03-19T12:03:27.845Z","type":"Inventory","severity":"minor","c8y_Metadata":{"action":"DEPLOY"} }"""
            )
        )!;

        Assert.Equal(
            ("user", "MINOR", "DEPLOY"),
            ((string)made["user"]!, (string)made["severity"]!, (string)made["c8y_Metadata"]!["action"]!)
        );
        Assert.Equal(made.ToJsonString(), (await server.GetAsync($"{Path}/{made["id"]}"))!.ToJsonString());
        Assert.Single(await ListAsync("user=user&type=Inventory&dateFrom=2020-03-19&dateTo=2020-03-20"));
        Assert.Empty(await ListAsync("dateTo=2020-03-19"));
        Assert.Empty(await ListAsync("application=cockpit"));
    }

    [Fact]
    public async Task Programs_write_records_of_types_of_their_own()
    {
        var body =
            $$"""{"activity":"a","source":{"id":"{{device.Id}}"},"text":"t","time":"2020-03-19","type":"import_type","severity":"information"}""";

        await server.DoAsync(201, "POST", Path, body);

        var record = Assert.Single(await ListAsync("type=import_type"));
        Assert.Equal(("import_type", "INFORMATION"), ((string)record["type"]!, (string)record["severity"]!));
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_a_reason()
    {
        Assert.Equal(
            (422, "undefined/validationError", "Following mandatory fields should be included: activity,source,text,time,type"),
            await server.RefusedAsync("POST", Path, "{}")
        );
        var wrong = $$"""{"activity":"a","source":{"id":"1"},"text":"t","time":"2020-03-19","type":"Inventory","severity":"GRAVE"}""";
        Assert.Equal(422, (await server.RefusedAsync("POST", Path, wrong)).Status);
        foreach (var type in new[] { "", @"a\u0000b", new string('x', 1025) })
        {
            var body = $$"""{"activity":"a","source":{"id":"1"},"text":"t","time":"2020-03-19","type":"{{type}}"}""";
            Assert.Equal(422, (await server.RefusedAsync("POST", Path, body)).Status);
        }

        Assert.Equal(404, (await server.RefusedAsync("GET", $"{Path}/1")).Status);
        Assert.Equal(403, (await server.RefusedAsync("POST", Path, wrong, "reader")).Status);
    }

    private async Task<List<JsonNode>> ListAsync(string query) =>
        [.. (await server.GetAsync($"{Path}?{query}"))!["auditRecords"]!.AsArray().Select(record => record!)];
}
