using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class GroupTests
{
    private const string Tuid = "TSPR04E2O90201558";

    [Fact]
    public async Task A_group_is_made_listed_renamed_with_its_things_and_deleted()
    {
        await using var server = await ThingseeServer.StartAsync();

        Assert.Equal(
            """{"group_id":"prfi00northernfinland","group_description":"Lapland"}""",
            await server.PostAsync("/v1/groups", """{"group_id":"prfi00northernfinland","group_description":"Lapland"}""")
        );
        await server.PostAsync("/v1/groups/", """{"group_id":"prfi00a"}""");
        Assert.Equal(
            $$"""{"tuid":"{{Tuid}}","group_id":"prfi00northernfinland"}""",
            await server.PostAsync($"/v1/things/{Tuid}/group", """{"group_id":"prfi00northernfinland"}""")
        );
        Assert.Equal(
            $$"""{"tuid":"{{Tuid}}","group_id":"prfi00northernfinland"}""",
            await server.GetAsync($"/prod/v1/things/{Tuid}/group/")
        );
        Assert.Equal(
            """[{"group_id":"prfi00a","group_description":""},{"group_id":"prfi00northernfinland","group_description":"Lapland"}]""",
            await server.GetAsync("/v1/groups/")
        );
        Assert.Equal(
            """[{"group_id":"prfi00northernfinland","group_description":"Lapland"}]""",
            await server.GetAsync("/v1/groups?q=Lap&limit=5")
        );
        Assert.Equal("""[{"group_id":"prfi00a","group_description":""}]""", await server.GetAsync("/v1/groups?limit=1"));

        Assert.Equal(
            """{"group_id":"prfi00north"}""",
            await server.PostAsync("/v1/groups/prfi00northernfinland/rename", """{"group_id":"prfi00north"}""")
        );
        Assert.Equal(
            """{"group_id":"prfi00north"}""",
            await server.PostAsync("/v1/groups/prfi00northernfinland/rename", """{"group_id":"prfi00north"}""")
        );
        Assert.Equal($$"""{"group_id":"prfi00north","tuids":["{{Tuid}}"]}""", await server.GetAsync("/v1/groups/prfi00north/things"));
        Assert.Equal(404, (await server.AskAsync("GET", "/v1/groups/prfi00northernfinland/things")).Status);

        Assert.Equal("""{"group_id":"prfi00north","deleted":true}""", await server.DoAsync("DELETE", "/v1/groups/prfi00north"));
        Assert.Equal($$"""{"tuid":"{{Tuid}}","group_id":"unassigned"}""", await server.GetAsync($"/v1/things/{Tuid}/group"));
        Assert.Contains(Tuid, await server.GetAsync("/v1/groups/unassigned/things"), StringComparison.Ordinal);
        Assert.Equal(404, (await server.AskAsync("DELETE", "/v1/groups/prfi00north")).Status);
    }

    [Theory]
    [InlineData("northern-finland", 400)]
    [InlineData("unassigned", 400)]
    [InlineData("PRFI00A", 400)]
    [InlineData("prfi00 a", 400)]
    [InlineData("pr", 400)]
    [InlineData("", 400)]
    [InlineData("unxx00", 200)]
    [InlineData("rdxx00", 200)]
    public async Task An_id_is_built_as_prescribed(string id, int expected)
    {
        await using var server = await ThingseeServer.StartAsync();

        var (status, body) = await server.AskAsync("POST", "/v1/groups", $$"""{"group_id":"{{id}}"}""");

        Assert.Equal(expected, status);
        Assert.Equal(expected == 400 ? "Bad Request" : null, (string?)body["error"]);
    }

    [Fact]
    public async Task A_tenant_may_have_ids_of_any_form()
    {
        await using var server = await ThingseeServer.StartAsync(new TenantSettings { Thingsee = new() { StrictGroupIds = false } });

        await server.PostAsync("/v1/groups", """{"group_id":"northern-finland"}""");

        Assert.Equal(400, (await server.AskAsync("POST", "/v1/groups", """{"group_id":"unassigned"}""")).Status);
        Assert.Equal(400, (await server.AskAsync("POST", "/v1/groups", """{"group_id":"a b"}""")).Status);
        Assert.Equal(400, (await server.AskAsync("POST", "/v1/groups", """{"group_id":"a/b"}""")).Status);
    }

    [Fact]
    public async Task What_is_there_or_is_not_there_is_said()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.PostAsync("/v1/groups", """{"group_id":"prfi00a"}""");
        await server.PostAsync("/v1/groups", """{"group_id":"prfi00b"}""");

        Assert.Equal(409, (await server.AskAsync("POST", "/v1/groups", """{"group_id":"prfi00a"}""")).Status);
        Assert.Equal(409, (await server.AskAsync("POST", "/v1/groups/prfi00a/rename", """{"group_id":"prfi00b"}""")).Status);
        Assert.Equal(404, (await server.AskAsync("POST", "/v1/groups/prfi00c/rename", """{"group_id":"prfi00d"}""")).Status);
        Assert.Equal(404, (await server.AskAsync("POST", $"/v1/things/{Tuid}/group", """{"group_id":"prfi00c"}""")).Status);
        Assert.Equal(404, (await server.AskAsync("GET", $"/v1/things/{Tuid}/group")).Status);
    }

    [Fact]
    public async Task A_renaming_that_was_interrupted_goes_on_where_it_was()
    {
        await using var server = await ThingseeServer.StartAsync();
        await server.PostAsync("/v1/groups", """{"group_id":"prfi00a","group_description":"A"}""");
        for (var i = 0; i < 45; i++)
        {
            await server.PostAsync($"/v1/things/TSPR{i:D4}/group", """{"group_id":"prfi00a"}""");
        }

        // The store goes away when the first page has moved.
        var pages = 0;
        server.Cloud.Store.BeforeCommit = (_, writes) =>
            writes.Count(write => write.Kind == "device") > 1 && ++pages == 2
                ? throw new Domain.Documents.StoreUnavailableException("The store is away.")
                : Task.CompletedTask;
        var (status, body) = await server.AskAsync("POST", "/v1/groups/prfi00a/rename", """{"group_id":"prfi00b"}""");
        Assert.Equal((503, "Service Unavailable"), (status, (string)body["error"]!));
        server.Cloud.Store.ComeBack();

        await server.PostAsync("/v1/groups/prfi00a/rename", """{"group_id":"prfi00b"}""");

        Assert.Equal("""[{"group_id":"prfi00b","group_description":"A"}]""", await server.GetAsync("/v1/groups"));
        Assert.Equal(45, (await server.AskAsync("GET", "/v1/groups/prfi00b/things")).Body["data"]!["tuids"]!.AsArray().Count);
        var directory = new GroupDirectory(server.Cloud.Store, server.One.Devices, server.Cloud.Time);
        Assert.False((await directory.GetAsync(TestCloud.Tenant, "prfi00b", TestCloud.Cancellation)).Value.Renaming);
    }
}
