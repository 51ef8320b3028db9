using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

public sealed class BulkOperationTests : IAsyncLifetime
{
    private const string Path = "/devicecontrol/bulkoperations";
    private const string Operations = "/devicecontrol/operations";

    private ControlServer server = null!;
    private DeviceTwin group = null!;
    private DeviceTwin[] devices = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ControlServer.StartAsync();
        group = await server.AddAsync(new NewDevice { Name = "group", IsAsset = true });
        var inner = await server.AddAsync(
            new NewDevice
            {
                Name = "inner",
                IsAsset = true,
                AssetParents = [group.Id],
            }
        );
        devices =
        [
            await server.AddAgentAsync("a"),
            await server.AddAgentAsync("b"),
            await server.AddAsync(
                new NewDevice
                {
                    Name = "none",
                    Fragments = new JsonObject { ["c8y_IsDevice"] = new JsonObject() },
                }
            ),
        ];
        await server.One.Links.AddAsync(TestCloud.Tenant, group.Id, Relation.Asset, devices[0].Id, Cancellation);
        await server.One.Links.AddAsync(TestCloud.Tenant, inner.Id, Relation.Asset, devices[1].Id, Cancellation);
        await server.One.Links.AddAsync(TestCloud.Tenant, inner.Id, Relation.Asset, devices[2].Id, Cancellation);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_devices_of_a_group_get_their_operations_one_after_the_other_from_the_start_on()
    {
        var made = await CreateAsync($"\"groupId\":\"{group.Id}\",\"startDate\":\"2026-03-01T12:01:00Z\"");
        var id = (string)made["id"]!;
        Assert.Equal(
            ("ACTIVE", "SCHEDULED", 15.0),
            ((string)made["status"]!, (string)made["generalStatus"]!, (double)made["creationRamp"]!)
        );
        Assert.Equal("""{"pending":0,"failed":0,"executing":0,"successful":0,"all":0}""", made["progress"]!.ToJsonString());

        await TickAsync(59);
        Assert.Empty(await OperationsAsync(id));
        await TickAsync(1);
        var operation = Assert.Single(await OperationsAsync(id));
        Assert.Equal(
            (devices[0].Id, long.Parse(id), "PENDING"),
            ((string)operation["deviceId"]!, (long)operation["bulkOperationId"]!, (string)operation["status"]!)
        );
        Assert.Equal("{}", operation["c8y_Restart"]!.ToJsonString());
        await TickAsync(14);
        Assert.Single(await OperationsAsync(id));
        await TickAsync(1);
        Assert.Equal(2, (await OperationsAsync(id)).Count);
        await TickAsync(15);

        // Every device has had its turn, and the last one takes no operations.
        Assert.Equal(("COMPLETED", "EXECUTING_WITH_ERRORS"), await StatusAsync(id));
        foreach (var given in await OperationsAsync(id))
        {
            await server.DoAsync(200, "PUT", $"{Operations}/{given["id"]}", """{"status":"SUCCESSFUL"}""");
        }

        // What became of them is told at once, and stays when the dispatcher sees it.
        Assert.Equal(("COMPLETED", "FAILED"), await StatusAsync(id));
        await TickAsync(10);
        Assert.Equal(("COMPLETED", "FAILED"), await StatusAsync(id));
        Assert.Equal(
            """{"pending":0,"failed":1,"executing":0,"successful":2,"all":3}""",
            (await server.GetAsync($"{Path}/{id}"))!["progress"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task Two_instances_give_each_device_one_operation()
    {
        var id = (string)(await CreateAsync($"\"groupId\":\"{group.Id}\",\"startDate\":\"2026-03-01T12:00:00Z\"", ramp: 0))["id"]!;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => server.Cloud.Instance().Bulks.RunAllAsync(Cancellation))));

        Assert.Equal(2, (await OperationsAsync(id)).Count);
    }

    [Fact]
    public async Task What_failed_is_tried_again_by_another()
    {
        var id = (string)(await CreateAsync($"\"groupId\":\"{group.Id}\",\"startDate\":\"2026-03-01T12:00:00Z\"", ramp: 0))["id"]!;
        await TickAsync(0);
        var failed = (await OperationsAsync(id)).Single(operation => (string)operation["deviceId"]! == devices[1].Id);
        await server.DoAsync(200, "PUT", $"{Operations}/{failed["id"]}", """{"status":"FAILED","failureReason":"x"}""");

        var again = (string)(await CreateAsync($"\"failedParentId\":\"{id}\",\"startDate\":\"2026-03-01\""))["id"]!;
        await TickAsync(0);

        Assert.Equal(devices[1].Id, (string)Assert.Single(await OperationsAsync(again))["deviceId"]!);
    }

    [Fact]
    public async Task Cancelling_ends_what_nobody_has_begun()
    {
        var id = (string)(await CreateAsync($"\"groupId\":\"{group.Id}\",\"startDate\":\"2026-03-01T12:00:00Z\""))["id"]!;
        await TickAsync(15);
        var operations = await OperationsAsync(id);
        await server.DoAsync(200, "PUT", $"{Operations}/{operations[0]["id"]}", """{"status":"EXECUTING"}""");

        await server.DoAsync(204, "DELETE", $"{Path}/{id}");
        await TickAsync(60);

        Assert.Equal(("DELETED", "CANCELED"), await StatusAsync(id));
        Assert.Equal(["EXECUTING", "FAILED"], (await OperationsAsync(id)).Select(operation => (string)operation["status"]!));
    }

    [Fact]
    public async Task It_is_changed_before_its_start_and_its_ramp_after()
    {
        var id = (string)(await CreateAsync($"\"groupId\":\"{group.Id}\",\"startDate\":\"2026-03-01T13:00:00Z\""))["id"]!;
        await server.DoAsync(200, "PUT", $"{Path}/{id}", """{"startDate":"2026-03-01T12:00:10Z","creationRamp":100}""");
        await TickAsync(10);
        Assert.Single(await OperationsAsync(id));

        await server.DoAsync(200, "PUT", $"{Path}/{id}", """{"creationRamp":1}""");
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Path}/{id}", """{"startDate":"2026-03-01"}""")).Status);
        await TickAsync(101);
        Assert.Equal(2, (await OperationsAsync(id)).Count);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_a_reason()
    {
        foreach (
            var wrong in new[]
            {
                "{}",
                """{"creationRamp":1,"operationPrototype":{},"startDate":"2026-03-01"}""",
                """{"groupId":"1","failedParentId":"2","creationRamp":1,"operationPrototype":{},"startDate":"2026-03-01"}""",
                """{"groupId":"1","creationRamp":1,"operationPrototype":{},"startDate":"2026-03-01"}""",
                """{"failedParentId":"1","creationRamp":1,"operationPrototype":{},"startDate":"2026-03-01"}""",
                $$"""{"groupId":"{{group.Id}}","creationRamp":-1,"operationPrototype":{},"startDate":"2026-03-01"}""",
                $$"""{"groupId":"{{group.Id}}","creationRamp":"1","operationPrototype":{},"startDate":"2026-03-01"}""",
                $$"""{"groupId":"{{group.Id}}","creationRamp":1,"operationPrototype":[],"startDate":"2026-03-01"}""",
                $$"""{"groupId":"{{group.Id}}","creationRamp":1,"operationPrototype":{},"startDate":"soon"}""",
            }
        )
        {
            Assert.Equal(422, (await server.RefusedAsync("POST", Path, wrong)).Status);
        }

        Assert.Equal(
            (
                404,
                "devicecontrol/Not Found",
                "Finding bulk operation from database failed : Cannot find document with ID ID [type=com_cumulocity_model_idtype_GId, value=1237]!"
            ),
            await server.RefusedAsync("GET", $"{Path}/1237")
        );
        Assert.Equal(404, (await server.RefusedAsync("DELETE", $"{Path}/1237")).Status);
    }

    private async Task<JsonNode> CreateAsync(string members, double ramp = 15) =>
        (
            await server.DoAsync(
                201,
                "POST",
                Path,
                $$"""{{{members}},"creationRamp":{{ramp.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"operationPrototype":{"description":"Restart","c8y_Restart":{} } }"""
            )
        )!;

    private async Task TickAsync(int seconds)
    {
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(seconds));
        await server.One.Bulks.RunAllAsync(Cancellation);
    }

    private async Task<List<JsonNode>> OperationsAsync(string id) =>
        [.. (await server.GetAsync($"{Operations}?bulkOperationId={id}"))!["operations"]!.AsArray().Select(operation => operation!)];

    private async Task<(string, string)> StatusAsync(string id)
    {
        var bulk = (await server.GetAsync($"{Path}/{id}"))!;
        return ((string)bulk["status"]!, (string)bulk["generalStatus"]!);
    }
}
