using System.Net;
using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>Commands of the domain on their way through IoT Hub: the dispatcher with the real gateway.</summary>
public sealed class CommandDispatchTests : IAsyncLifetime
{
    private readonly HubFixture fixture = new();
    private TestCloud cloud = null!;
    private CloudInstance one = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var types = new Dictionary<string, CommandDelivery> { ["valve"] = CommandDelivery.Desired, ["lamp"] = CommandDelivery.Method };
        cloud = await TestCloud.OpenAsync(new TenantSettings { Commands = new CommandSettings { Types = types } });
        one = cloud.Instance(gateway: fixture.Gateway);
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task A_connected_device_gets_a_direct_method_and_its_answer_ends_the_command()
    {
        var device = await AddAsync("d");
        Connect("d");
        JsonObject? called = null;
        fixture.Hub.Method = (_, call) =>
            (called = call, FakeIotHub.Json(HttpStatusCode.OK, JsonNode.Parse("""{"status":200,"payload":{"done":true}}""")!)).Item2;

        var ended = await RunAsync(await GiveAsync(device));

        Assert.Equal((CommandState.Acknowledged, CommandDelivery.Method, 1), (ended.State, ended.Way, ended.Attempts));
        Assert.Equal("""{"done":true}""", ended.Result?.ToJsonString());
        Assert.Equal(("command", 20), ((string)called!["methodName"]!, (int)called["responseTimeoutInSeconds"]!));
        Assert.Equal(
            $$"""{"id":"{{ended.Id}}","uuid":"{{device.Uuid}}","dialect":"test","payload":{"on":true},"deadline":"2026-03-01T12:05:00.0000000Z"}""",
            called["payload"]!.ToJsonString()
        );
        Assert.Empty(fixture.Hub.Desired("d"));
    }

    [Fact]
    public async Task A_device_that_is_away_finds_a_desired_property_which_is_removed_when_the_command_has_ended()
    {
        var device = await AddAsync("d");

        var sent = await RunAsync(await GiveAsync(device));

        Assert.Equal((CommandState.Sent, CommandDelivery.Desired), (sent.State, sent.Way));
        var desired = fixture.Hub.Desired("d")["commands"]![sent.Id]!;
        Assert.Equal("""{"on":true}""", desired["payload"]!.ToJsonString());

        var report = JsonNode.Parse($$"""{"commands":{"{{sent.Id}}":{"status":"acknowledged"} } }""")!.AsObject();
        await one.Echoes.TakeReportedAsync(TestCloud.Tenant, device.Id, report, Cancellation);

        Assert.Equal(CommandState.Acknowledged, (await FindAsync(sent)).State);
        Assert.Equal("""{"commands":{}}""", fixture.Hub.Desired("d").ToJsonString());
    }

    [Fact]
    public async Task A_desired_property_is_removed_when_the_deadline_has_passed()
    {
        var device = await AddAsync("d");
        var sent = await RunAsync(await GiveAsync(device));
        Assert.NotNull(fixture.Hub.Desired("d")["commands"]![sent.Id]);

        cloud.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(CommandState.Expired, (await RunAsync(sent)).State);
        Assert.Equal("""{"commands":{}}""", fixture.Hub.Desired("d").ToJsonString());
    }

    [Fact]
    public async Task A_device_that_goes_away_before_the_call_finds_a_desired_property()
    {
        var device = await AddAsync("d");
        Connect("d");

        var sent = await RunAsync(await GiveAsync(device));

        Assert.Equal((CommandState.Sent, CommandDelivery.Desired), (sent.State, sent.Way));
        Assert.Equal(["GET", "POST", "PATCH"], fixture.Hub.Requests.TakeLast(3).Select(request => request.Method));
    }

    [Theory]
    [InlineData("valve", true, CommandDelivery.Desired)]
    [InlineData("lamp", true, CommandDelivery.Method)]
    [InlineData("lamp", false, null)]
    [InlineData("other", true, CommandDelivery.Method)]
    [InlineData("other", false, CommandDelivery.Desired)]
    public async Task The_tenant_chooses_the_way_by_the_devices_type(string type, bool connected, CommandDelivery? way)
    {
        var device = await AddAsync("d", type);
        if (connected)
        {
            Connect("d");
            fixture.Hub.Method = (_, _) => FakeIotHub.Json(HttpStatusCode.OK, JsonNode.Parse("""{"status":200}""")!);
        }

        var sent = await RunAsync(await GiveAsync(device));

        Assert.Equal(way, sent.Way);
        Assert.Equal(way == CommandDelivery.Desired, fixture.Hub.Desired("d")["commands"]?[sent.Id] is not null);
    }

    [Fact]
    public async Task A_method_that_gets_no_answer_in_time_is_called_again_with_the_same_id()
    {
        var device = await AddAsync("d");
        Connect("d");
        var called = new List<string>();
        fixture.Hub.Method = (_, call) =>
        {
            called.Add((string)call["payload"]!["id"]!);
            return called.Count < 3
                ? FakeIotHub.Error(HttpStatusCode.GatewayTimeout, "DeviceTimeout")
                : FakeIotHub.Json(HttpStatusCode.OK, JsonNode.Parse("""{"status":200}""")!);
        };

        var command = await RunAsync(await GiveAsync(device));
        Assert.Equal((CommandState.Sent, 1), (command.State, command.Attempts));

        // Not before it is due: ten seconds and the time of an answer, then twenty.
        cloud.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, (await RunAsync(command)).Attempts);
        cloud.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await RunAsync(command)).Attempts);
        cloud.Time.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(CommandState.Acknowledged, (await RunAsync(command)).State);
        Assert.Equal([command.Id, command.Id, command.Id], called);
    }

    private Task<DeviceTwin> AddAsync(string hubId, string? type = null) =>
        AddAsync(new NewDevice { Type = type, ExternalIds = [new ExternalId(ExternalId.IotHub, hubId)] });

    private async Task<DeviceTwin> AddAsync(NewDevice device) =>
        (await one.Service.CreateAsync(TestCloud.Tenant, device, Cancellation)).Value;

    private void Connect(string hubId)
    {
        var device = fixture.Hub.Devices[hubId];
        (device["connectionState"], device["connectionStateUpdatedTime"]) = ("Connected", "2026-03-01T12:00:00Z");
    }

    private async Task<Command> GiveAsync(DeviceTwin device)
    {
        var command = new NewCommand
        {
            Device = device.Id,
            Dialect = "test",
            Payload = new JsonObject { ["on"] = true },
        };
        return (await one.Commands.CreateAsync(TestCloud.Tenant, command, Cancellation)).Value;
    }

    private async Task<Command> RunAsync(Command command)
    {
        await one.Dispatcher.RunAllAsync(Cancellation);
        return await FindAsync(command);
    }

    private async Task<Command> FindAsync(Command command) =>
        (await one.Commands.GetAsync(TestCloud.Tenant, command.Id, Cancellation)).Value;
}
