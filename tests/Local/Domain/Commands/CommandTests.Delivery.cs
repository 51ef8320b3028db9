using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Commands;

public sealed partial class CommandTests
{
    [Fact]
    public async Task A_device_that_is_away_finds_the_command_in_its_desired_properties_until_it_ends()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");

        var command = await RunAsync(cloud, await GiveAsync(cloud, device, JsonValue.Create("on")));
        Assert.Equal((CommandState.Sent, CommandDelivery.Desired), (command.State, command.Way));
        var desired = (await cloud.TwinAsync(device)).Desired.Values;
        Assert.Equal("on", (string?)desired["commands"]![command.Id]!["payload"]);

        var report = new JsonObject
        {
            ["commands"] = new JsonObject
            {
                [command.Id] = new JsonObject { ["status"] = "failed", ["reason"] = "jammed" },
            },
        };
        await cloud.One.Echoes.TakeReportedAsync(TestCloud.Tenant, device.Id, report, Cancellation);

        Assert.Equal((CommandState.Failed, "jammed"), ((await FindAsync(cloud, command)).State, (await FindAsync(cloud, command)).Failure));
        Assert.Equal("""{"commands":{}}""", (await cloud.TwinAsync(device)).Desired.Values.ToJsonString());
    }

    [Fact]
    public async Task A_command_by_method_alone_waits_for_its_device()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var command = await RunAsync(cloud, await GiveAsync(cloud, device, delivery: CommandDelivery.Method));
        Assert.Equal((CommandState.Queued, 1), (command.State, command.Attempts));

        // Not tried again before it is due, but at once when the device comes.
        await cloud.One.Dispatcher.RunAsync(Cancellation);
        Assert.Equal(1, (await FindAsync(cloud, command)).Attempts);
        Connect(cloud, _ => new MethodResult(200, null));
        await cloud.One.Connections.RecordAsync("hub-1", true, cloud.Time.GetUtcNow(), Cancellation);
        Assert.True(cloud.One.Dispatcher.Signal.IsCompleted);

        Assert.Equal(CommandState.Acknowledged, (await RunAsync(cloud, command)).State);
    }

    [Fact]
    public async Task A_device_that_does_not_answer_is_asked_again_with_the_same_id_until_the_deadline()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var ids = new List<string>();
        Connect(
            cloud,
            call =>
            {
                ids.Add((string)call.Payload!["id"]!);
                throw new DeviceTimeoutException("hub-1");
            }
        );
        var command = await RunAsync(cloud, await GiveAsync(cloud, device));
        Assert.Equal(CommandState.Sent, command.State);

        for (var minute = 0; minute < 6; minute++)
        {
            cloud.Time.Advance(TimeSpan.FromMinutes(1));
            command = await RunAsync(cloud, command);
        }

        Assert.Equal(CommandState.Expired, command.State);
        Assert.True(ids.Count is > 2 and < 6, $"{ids.Count} attempts");
        Assert.Equal(command.Id, Assert.Single(ids.Distinct()));
    }

    [Fact]
    public async Task Two_instances_make_one_attempt()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var calls = 0;
        Connect(cloud, _ => (Interlocked.Increment(ref calls), new MethodResult(200, null)).Item2);
        var commands = new List<Command>();
        for (var i = 0; i < 20; i++)
        {
            commands.Add(await GiveAsync(cloud, device, transaction: $"{i}"));
        }

        await Task.WhenAll(cloud.One.Dispatcher.RunAllAsync(Cancellation), cloud.Instance().Dispatcher.RunAllAsync(Cancellation));

        Assert.Equal(20, calls);
        foreach (var command in commands)
        {
            Assert.Equal(
                (CommandState.Acknowledged, 1),
                ((await FindAsync(cloud, command)).State, (await FindAsync(cloud, command)).Attempts)
            );
        }
    }

    [Fact]
    public async Task A_message_has_the_text_as_it_is_and_says_what_it_belongs_to()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var command = await RunAsync(
            cloud,
            await GiveAsync(cloud, device, JsonValue.Create("dout=on"), reply: CommandReply.None, delivery: CommandDelivery.Message)
        );

        Assert.Equal((CommandState.Acknowledged, CommandDelivery.Message), (command.State, command.Way));
        var sent = cloud.Gateway.Sent!;
        Assert.Equal(
            (command.Id, "dout=on", "7"),
            (sent.MessageId, Encoding.UTF8.GetString(sent.Body.Span), sent.System["correlation-id"])
        );
        Assert.Equal((command.Id, "test"), (sent.Properties["commandId"], sent.Properties["dialect"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_behind_another_is_reached_through_it(bool parent)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var gateway = await cloud.AddDeviceAsync("gw", new NewDevice { Relays = !parent });
        var other = await cloud.AddDeviceAsync("other");
        var sensor = await cloud.AddDeviceAsync("sensor", new NewDevice { Parents = parent ? [gateway.Id] : [] });

        var command = await RunAsync(cloud, await GiveAsync(cloud, sensor));
        Assert.Equal((gateway.Id, sensor.Id), (command.Target, command.Device));
        var desired = (await cloud.TwinAsync(gateway)).Desired.Values["commands"]![command.Id]!;
        Assert.Equal(sensor.Uuid.ToString(), (string?)desired["uuid"]);

        var report = new JsonObject { ["commands"] = new JsonObject { [command.Id] = new JsonObject { ["status"] = "acknowledged" } } };
        await cloud.One.Echoes.TakeReportedAsync(TestCloud.Tenant, other.Id, report, Cancellation);
        Assert.Equal(CommandState.Sent, (await FindAsync(cloud, command)).State);
        await cloud.One.Echoes.TakeReportedAsync(TestCloud.Tenant, gateway.Id, report, Cancellation);

        Assert.Equal(CommandState.Acknowledged, (await FindAsync(cloud, command)).State);
        Assert.Equal("""{"commands":{}}""", (await cloud.TwinAsync(gateway)).Desired.Values.ToJsonString());

        // One that connects itself gets its commands itself.
        await cloud.One.Connections.RecordAsync("sensor", true, cloud.Time.GetUtcNow(), Cancellation);
        Assert.Equal(sensor.Id, (await RunAsync(cloud, await GiveAsync(cloud, sensor))).Target);
    }

    [Theory]
    [InlineData(false, false, false, CommandDelivery.Desired)]
    [InlineData(true, false, false, CommandDelivery.Desired)]
    [InlineData(true, false, true, CommandDelivery.Message)]
    [InlineData(true, true, false, CommandDelivery.Method)]
    public async Task The_way_is_the_one_that_the_device_can_take(bool connected, bool takesMethods, bool messagesOnly, CommandDelivery way)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        cloud.Gateway.State = new ConnectionState(connected, cloud.Time.GetUtcNow(), takesMethods, messagesOnly);
        cloud.Gateway.OnMethod = _ => new MethodResult(200, null);

        Assert.Equal(way, (await RunAsync(cloud, await GiveAsync(cloud, device))).Way);
    }

    [Fact]
    public async Task A_tenant_chooses_the_way_by_the_devices_type_and_a_hub_without_messages_has_none()
    {
        var settings = new CommandSettings
        {
            Types = new Dictionary<string, CommandDelivery> { ["valve"] = CommandDelivery.Desired, ["lamp"] = CommandDelivery.Message },
            LifetimeSeconds = 60,
        };
        await using var cloud = await TestCloud.OpenAsync(new TenantSettings { Commands = settings });
        var valve = await cloud.AddDeviceAsync("hub-1", new NewDevice { Type = "valve" });
        var lamp = await cloud.AddDeviceAsync("hub-2", new NewDevice { Type = "lamp" });
        Connect(cloud, _ => new MethodResult(200, null));

        Assert.Equal(CommandDelivery.Desired, (await RunAsync(cloud, await GiveAsync(cloud, valve))).Way);
        Assert.Equal(CommandDelivery.Message, (await RunAsync(cloud, await GiveAsync(cloud, lamp))).Way);
        cloud.Gateway.SendsMessages = false;
        var command = await RunAsync(cloud, await GiveAsync(cloud, lamp));
        Assert.Equal((CommandDelivery.Method, TimeSpan.FromSeconds(60)), (command.Way, command.Deadline - command.Created));
    }
}
