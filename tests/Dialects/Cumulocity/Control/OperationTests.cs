using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Operations;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

public sealed class OperationTests : IAsyncLifetime
{
    private const string Path = "/devicecontrol/operations";

    private ControlServer server = null!;
    private DeviceTwin agent = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ControlServer.StartAsync();
        agent = await server.AddAgentAsync("Agent");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_operation_goes_from_creation_to_its_agent_and_back()
    {
        var made = (await GiveAsync(agent, "\"description\":\"Restart\",\"c8y_Restart\":{}"))!;
        var root = server.Http.BaseAddress!.ToString().TrimEnd('/');
        var id = (string)made["id"]!;
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","self":"{{{root}}}{{{Path}}}/{{{id}}}","deviceId":"{{{agent.Id}}}","deviceName":"Agent","creationTime":"2026-03-01T12:00:00.000Z","status":"PENDING","description":"Restart","c8y_Restart":{}}""",
            made.ToJsonString()
        );

        // Nothing is sent: the agent was never connected to the hub.
        await server.One.Dispatcher.RunAllAsync(Cancellation);
        server.Cloud.Time.Advance(TimeSpan.FromHours(1));
        await server.One.Dispatcher.RunAllAsync(Cancellation);
        Assert.Empty((await server.Cloud.TwinAsync(agent)).Desired.Values);
        Assert.Equal([id], await PendingAsync(agent));

        await PutAsync(id, """{"status":"EXECUTING"}""");
        Assert.Empty(await PendingAsync(agent));
        var done = (await PutAsync(id, """{"status":"SUCCESSFUL","c8y_Command":{"result":"ok"}}"""))!;

        Assert.Equal(("SUCCESSFUL", """{"result":"ok"}"""), ((string)done["status"]!, done["c8y_Command"]!.ToJsonString()));
        Assert.Equal("serverless.command.acknowledged", server.Cloud.Events.Types.Last());
    }

    [Fact]
    public async Task A_failure_has_its_reason_and_an_end_stands()
    {
        var id = (string)(await GiveAsync(agent))!["id"]!;

        var failed = (await PutAsync(id, """{"status":"FAILED","failureReason":"jammed"}"""))!;

        Assert.Equal(("FAILED", "jammed"), ((string)failed["status"]!, (string)failed["failureReason"]!));
        Assert.Equal("FAILED", (string)(await PutAsync(id, """{"status":"FAILED"}"""))!["status"]!);
        Assert.Equal(
            (422, "devicecontrol/Invalid Data", "The operation has ended as FAILED: it cannot become EXECUTING."),
            await server.RefusedAsync("PUT", $"{Path}/{id}", """{"status":"EXECUTING"}""")
        );
    }

    [Fact]
    public async Task An_agent_gives_back_what_it_has_begun()
    {
        var id = (string)(await GiveAsync(agent))!["id"]!;
        await PutAsync(id, """{"status":"EXECUTING"}""");
        await PutAsync(id, """{"status":"PENDING"}""");
        Assert.Equal([id], await PendingAsync(agent));
    }

    [Fact]
    public async Task An_agent_gets_the_operations_of_the_devices_behind_it_with_their_external_ids()
    {
        var child = await server.AddAsync(
            new NewDevice
            {
                Name = "child",
                Parents = [agent.Id],
                ExternalIds = [new ExternalId("c8y_Serial", "a/b")],
                Fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject() },
            }
        );
        var other = await server.AddAgentAsync("other");
        var (own, below) = ((string)(await GiveAsync(agent))!["id"]!, (string)(await GiveAsync(child))!["id"]!);
        await GiveAsync(other);

        var listed = (await server.GetAsync($"{Path}?agentId={agent.Id}&status=PENDING"))!["operations"]!.AsArray();

        Assert.Equal([own, below], listed.Select(operation => (string)operation!["id"]!));
        var external = listed[1]!["deviceExternalIDs"]!["externalIds"]![0]!;
        Assert.Equal(("c8y_Serial", "a/b"), ((string)external["type"]!, (string)external["externalId"]!));
        Assert.EndsWith("/identity/externalIds/c8y_Serial/a%2Fb", (string)external["self"]!);
        Assert.Null((await server.GetAsync($"{Path}?deviceId={child.Id}"))!["operations"]![0]!["deviceExternalIDs"]);
    }

    [Fact]
    public async Task A_device_without_an_agent_takes_none()
    {
        var device = await server.AddAsync(
            new NewDevice
            {
                Name = "d",
                Fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject() },
            }
        );

        var (status, error, message) = await server.RefusedAsync("POST", Path, $$$"""{"deviceId":"{{{device.Id}}}","c8y_Restart":{}}""");

        Assert.Equal((422, "devicecontrol/Invalid Data"), (status, error));
        Assert.Contains("com_cumulocity_model_Agent", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_of_the_hub_gets_its_operation_through_the_hub()
    {
        var device = await server.Cloud.AddDeviceAsync("hub-1");
        await server.One.Connections.RecordAsync("hub-1", true, server.Cloud.Time.GetUtcNow(), Cancellation);
        server.Cloud.Gateway.State = new ConnectionState(true, null);
        server.Cloud.Gateway.OnMethod = _ => new MethodResult(200, new JsonObject { ["done"] = true });

        var id = (string)(await GiveAsync(device))!["id"]!;
        Assert.Equal("PENDING", (string)(await server.GetAsync($"{Path}/{id}"))!["status"]!);
        await server.One.Dispatcher.RunAllAsync(Cancellation);

        Assert.Equal("SUCCESSFUL", (string)(await server.GetAsync($"{Path}/{id}"))!["status"]!);
    }

    [Fact]
    public async Task What_waits_for_an_agent_goes_through_the_hub_when_it_connects_there()
    {
        var id = (string)(await GiveAsync(agent))!["id"]!;

        await server.One.Connections.RecordAsync(agent.HubId, true, server.Cloud.Time.GetUtcNow(), Cancellation);
        await server.One.Dispatcher.RunAsync(Cancellation);

        Assert.Equal("EXECUTING", (string)(await server.GetAsync($"{Path}/{id}"))!["status"]!);
        Assert.NotNull((await server.Cloud.TwinAsync(agent)).Desired.Values["commands"]![id]);
        await PutAsync(id, """{"status":"SUCCESSFUL"}""");
        Assert.Equal("""{"commands":{}}""", (await server.Cloud.TwinAsync(agent)).Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task A_command_of_another_api_is_an_operation_and_its_agent_may_end_it()
    {
        var command = new NewCommand
        {
            Device = agent.Id,
            Dialect = "management",
            Payload = new JsonObject { ["c8y_Restart"] = new JsonObject(), ["n"] = 1 },
        };
        var given = (await server.One.Commands.CreateAsync(TestCloud.Tenant, command, Cancellation)).Value;
        await server.One.Dispatcher.RunAllAsync(Cancellation);

        var shown = Assert.Single((await server.GetAsync($"{Path}?agentId={agent.Id}&status=PENDING"))!["operations"]!.AsArray())!;
        Assert.Equal("""{"dialect":"management","payload":{"c8y_Restart":{},"n":1}}""", shown["serverless_Command"]!.ToJsonString());
        Assert.Equal(("{}", null), (shown["c8y_Restart"]!.ToJsonString(), shown["n"]));

        await PutAsync(given.Id, """{"status":"SUCCESSFUL","result":"done"}""");

        var ended = (await server.One.Commands.GetAsync(TestCloud.Tenant, given.Id, Cancellation)).Value;
        Assert.Equal((CommandState.Acknowledged, """{"result":"done"}"""), (ended.State, ended.Result!.ToJsonString()));
    }

    [Theory]
    [InlineData("\"halfway\"", """{"result":"halfway","n":1}""")]
    [InlineData("[1,2]", """{"result":[1,2],"n":1}""")]
    [InlineData("""{"m":0}""", """{"m":0,"n":1}""")]
    [InlineData("null", """{"n":1}""")]
    public async Task What_a_device_has_answered_stays_beside_what_its_agent_adds(string result, string expected)
    {
        var asked = new NewCommand
        {
            Device = agent.Id,
            Dialect = "management",
            Payload = new JsonObject { ["n"] = 0 },
        };
        var given = (await server.One.Commands.CreateAsync(TestCloud.Tenant, asked, Cancellation)).Value;
        var change = new OperationChange(CommandStage.Executing, null, new JsonObject { ["n"] = 1 }, "agent");

        var changed = change.Apply(given with { Result = JsonNode.Parse(result) }, server.Cloud.Time.GetUtcNow());
        Assert.Equal(expected, changed.Result!.ToJsonString());
    }

    [Fact]
    public async Task Operations_are_listed_by_filters_oldest_first_and_deleted()
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add((string)(await GiveAsync(agent, i % 2 == 0 ? "\"c8y_Restart\":{}" : "\"c8y_Command\":{}"))!["id"]!);
            server.Cloud.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await PutAsync(ids[3], """{"status":"FAILED"}""");
        Assert.Equal(ids, await IdsAsync(""));
        Assert.Equal(Enumerable.Reverse(ids), await IdsAsync("revert=true&dateFrom=2026-03-01"));
        Assert.Equal([ids[0], ids[2]], await IdsAsync("fragmentType=c8y_Restart"));
        Assert.Equal([ids[3]], await IdsAsync("status=FAILED"));
        Assert.Equal([ids[1], ids[2]], await IdsAsync("dateFrom=2026-03-01T12:01:00Z&dateTo=2026-03-01T12:03:00Z"));
        Assert.Equal([ids[2], ids[3]], await IdsAsync("pageSize=2&currentPage=2"));

        await server.DoAsync(204, "DELETE", $"{Path}?deviceId={agent.Id}&status=PENDING");
        Assert.Equal([ids[3]], await IdsAsync(""));
    }

    [Fact]
    public async Task A_device_works_on_its_own_operations_only()
    {
        await server.AddDeviceUserAsync("device_1");
        var own = await server.AddAgentAsync("own", owner: "device_1");
        var (mine, other) = ((string)(await GiveAsync(own))!["id"]!, (string)(await GiveAsync(agent))!["id"]!);

        var seen = (await server.GetAsync(Path, "device_1"))!["operations"]!.AsArray().Select(operation => (string)operation!["id"]!);
        Assert.Equal([mine], seen);
        await server.DoAsync(200, "PUT", $"{Path}/{mine}", """{"status":"EXECUTING"}""", "device_1");
        Assert.Equal(403, (await server.RefusedAsync("PUT", $"{Path}/{other}", """{"status":"EXECUTING"}""", "device_1")).Status);
        Assert.Equal(403, (await server.RefusedAsync("GET", $"{Path}?agentId={agent.Id}", null, "device_1")).Status);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_a_reason()
    {
        var id = (string)(await GiveAsync(agent))!["id"]!;
        Assert.Equal(
            (404, "devicecontrol/Not Found", "Finding device data from database failed : No operation for gid '123'!"),
            await server.RefusedAsync("GET", $"{Path}/123")
        );
        Assert.Equal(
            (422, "undefined/validationError", "Following mandatory fields should be included: status"),
            await server.RefusedAsync("PUT", $"{Path}/{id}", "{}")
        );
        Assert.Equal(
            (422, "undefined/validationError", "Following mandatory fields should be included: deviceId"),
            await server.RefusedAsync("POST", Path, "{}")
        );
        Assert.Equal(422, (await server.RefusedAsync("POST", Path, """{"deviceId":"1"}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("POST", Path, """{"deviceId":{}}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("POST", Path, "[]")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Path}/{id}", """{"status":"DONE"}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Path}/{id}", """{"status":"PENDING","deviceId":"7"}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("GET", $"{Path}?status=x")).Status);
        Assert.Equal(422, (await server.RefusedAsync("DELETE", Path)).Status);
        Assert.Equal(403, (await server.RefusedAsync("POST", Path, $$"""{"deviceId":"{{agent.Id}}"}""", "reader")).Status);
    }

    private Task<JsonNode?> GiveAsync(DeviceTwin device, string members = "\"c8y_Restart\":{}") =>
        server.DoAsync(201, "POST", Path, $$"""{"deviceId":"{{device.Id}}",{{members}}}""");

    private Task<JsonNode?> PutAsync(string id, string body) => server.DoAsync(200, "PUT", $"{Path}/{id}", body);

    private Task<IEnumerable<string>> PendingAsync(DeviceTwin device) => IdsAsync($"agentId={device.Id}&status=PENDING");

    private async Task<IEnumerable<string>> IdsAsync(string query) =>
        (await server.GetAsync($"{Path}?{query}"))!["operations"]!.AsArray().Select(operation => (string)operation!["id"]!);
}
