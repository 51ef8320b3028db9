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
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_device_is_called_and_its_answer_ends_the_command()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        JsonNode? got = null;
        Connect(cloud, call => (got = call.Payload, new MethodResult(200, new JsonObject { ["done"] = true })).Item2);

        var command = await GiveAsync(cloud, device, new JsonObject { ["delay"] = 5 });
        Assert.Equal(CommandState.Queued, command.State);
        await cloud.One.Dispatcher.RunAsync(Cancellation);

        var ended = await FindAsync(cloud, command);
        Assert.Equal((CommandState.Acknowledged, 1, null), (ended.State, ended.Attempts, ended.Due));
        Assert.Equal("""{"done":true}""", ended.Result!.ToJsonString());
        Assert.Equal([CommandState.Queued, CommandState.Acknowledged], ended.History.Select(step => step.State));
        Assert.Equal(
            $$"""{"id":"{{command.Id}}","uuid":"{{device.Uuid}}","dialect":"test","payload":{"delay":5},"deadline":"2026-03-01T12:05:00.0000000Z","transactionId":"7"}""",
            got!.ToJsonString()
        );
        Assert.Equal("serverless.command.acknowledged", cloud.Events.Types.Last());
        var changes = await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 100, Cancellation);
        Assert.Equal(["create", "update"], changes.Where(change => change.Kind == "commands").Select(change => change.Action));
    }

    [Fact]
    public async Task A_bad_answer_fails_the_command_and_says_so()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        Connect(cloud, _ => new MethodResult(404, new JsonObject { ["error"] = "no such method" }));

        var ended = await RunAsync(cloud, await GiveAsync(cloud, device));

        Assert.Equal((CommandState.Failed, "The device answered the method with the status 404."), (ended.State, ended.Failure));
        Assert.Equal("""{"error":"no such method"}""", ended.Result!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"interval":10}""", CommandState.Acknowledged, null)]
    [InlineData("""{"interval":60}""", CommandState.Failed, "The device shows interval as 60 instead of 10.")]
    [InlineData("""{"other":10}""", CommandState.Failed, "The device's echo does not show interval.")]
    [InlineData("""{"interval":10.0,"more":1}""", CommandState.Acknowledged, null)]
    public async Task An_echo_is_compared_with_what_was_asked(string values, CommandState state, string? failure)
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        Connect(cloud, _ => new MethodResult(200, null));
        var command = await GiveAsync(cloud, device, reply: CommandReply.Echo, expected: new JsonObject { ["interval"] = 10 });
        Assert.Equal(CommandState.Sent, (await RunAsync(cloud, command)).State);

        await EchoAsync(cloud, device, "7", values);

        var ended = await FindAsync(cloud, command);
        Assert.Equal((state, failure), (ended.State, ended.Failure));
    }

    [Fact]
    public async Task An_echo_counts_once_and_late_or_unknown_ones_change_nothing()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var ignored = new List<IgnoredEcho>();
        cloud.One.Echoes.Ignored += ignored.Add;
        var device = await cloud.AddDeviceAsync("hub-1");
        var other = await cloud.AddDeviceAsync("hub-2");
        var done = await RunAsync(cloud, await GiveAsync(cloud, device, transaction: "1", reply: CommandReply.Echo));
        var late = await RunAsync(cloud, await GiveAsync(cloud, device, transaction: "2", reply: CommandReply.Echo));

        await EchoAsync(cloud, device, "1", "{}");
        var first = await FindAsync(cloud, done);
        await EchoAsync(cloud, device, "1", "{}");
        await EchoAsync(cloud, device, "3", "{}");
        await EchoAsync(cloud, other, "2", "{}");
        cloud.Time.Advance(TimeSpan.FromMinutes(5));
        var expired = await RunAsync(cloud, late);
        await EchoAsync(cloud, device, "2", "{}");

        Assert.Equal(first.History, (await FindAsync(cloud, done)).History);
        Assert.Equal((CommandState.Expired, "The deadline has passed."), (expired.State, expired.Failure));
        Assert.Equal(CommandState.Expired, (await FindAsync(cloud, late)).State);
        Assert.Equal(
            [
                ("1", "the command has ended by another"),
                ("3", "it belongs to no command of the device"),
                ("2", "it belongs to no command of the device"),
                ("2", "it is late: the command has expired"),
            ],
            ignored.Select(echo => (echo.Command, echo.Reason))
        );
    }

    [Fact]
    public async Task The_same_key_is_the_same_command()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var wanted = new NewCommand
        {
            Device = device.Id,
            Dialect = "test",
            Payload = JsonValue.Create(1),
            IdempotencyKey = "k",
        };

        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => Task.Run(() => cloud.Instance().Commands.CreateAsync(TestCloud.Tenant, wanted, Cancellation)))
        );

        Assert.Single(made.Select(command => command.Value.Id).Distinct());
        var (all, _) = await cloud.One.Commands.ListAsync(TestCloud.Tenant, device.Id, null, true, 100, null, Cancellation);
        Assert.Single(all);
    }

    [Fact]
    public async Task A_unique_transaction_is_one_open_commands_and_free_again_when_it_has_ended()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        Connect(cloud, _ => new MethodResult(200, null));
        for (var round = 0; round < 3; round++)
        {
            var given = await Task.WhenAll(
                Enumerable.Range(0, 50).Select(_ => Task.Run(() => TryGiveUniqueAsync(cloud.Instance(), device)))
            );

            var command = Assert.Single(given.OfType<Command>());
            var found = await cloud.One.Commands.FindByTransactionAsync(TestCloud.Tenant, device.Id, "7", Cancellation);
            Assert.Equal(command.Id, found!.Value.Id);
            await cloud.One.Dispatcher.RunAllAsync(Cancellation);
            Assert.False((await FindAsync(cloud, command)).IsOpen);
        }
    }

    [Fact]
    public async Task Commands_are_listed_by_device_newest_first()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var (device, other) = (await cloud.AddDeviceAsync("hub-1"), await cloud.AddDeviceAsync("hub-2"));
        var given = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            given.Add((await GiveAsync(cloud, device, transaction: $"{i}")).Id);
            await GiveAsync(cloud, other, transaction: $"{i}");
        }

        var (first, cursor) = await cloud.One.Commands.ListAsync(TestCloud.Tenant, device.Id, null, true, 3, null, Cancellation);
        var (second, _) = await cloud.One.Commands.ListAsync(TestCloud.Tenant, device.Id, null, true, 3, cursor, Cancellation);

        given.Reverse();
        Assert.Equal(given, first.Concat(second).Select(command => command.Value.Id));
    }

    [Fact]
    public async Task Wrong_commands_are_refused()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var good = new NewCommand
        {
            Device = device.Id,
            Dialect = "test",
            Payload = JsonValue.Create(1),
        };
        foreach (
            var (wrong, refusal) in new[]
            {
                (good with { Device = "1" }, Refusal.NotFound),
                (good with { Name = "a/b" }, Refusal.Invalid),
                (good with { TransactionId = "" }, Refusal.Invalid),
                (good with { IdempotencyKey = new string('k', 300) }, Refusal.Invalid),
                (good with { Lifetime = TimeSpan.Zero }, Refusal.Invalid),
            }
        )
        {
            var thrown = await Assert.ThrowsAsync<DomainException>(() =>
                cloud.One.Commands.CreateAsync(TestCloud.Tenant, wrong, Cancellation)
            );
            Assert.Equal(refusal, thrown.Refusal);
        }
    }

    [Fact]
    public async Task The_command_of_a_deleted_device_fails()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var command = await GiveAsync(cloud, device);
        await cloud.One.Service.DeleteAsync(TestCloud.Tenant, device.Id, null, Cancellation);

        Assert.Equal(
            (CommandState.Failed, "The device was deleted."),
            (await RunAsync(cloud, command)) is var ended ? (ended.State, ended.Failure) : default
        );
    }

    [Fact]
    public async Task A_message_that_names_its_command_ends_it_with_its_readings_kept()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var device = await cloud.AddDeviceAsync("hub-1");
        var command = await RunAsync(cloud, await GiveAsync(cloud, device));
        var message = new DeviceMessage(
            "hub-1",
            Encoding.UTF8.GetBytes("""{"valve":1}"""),
            cloud.Time.GetUtcNow(),
            MessageSource.Telemetry,
            DeviceMessage.NoProperties,
            new Dictionary<string, string> { ["commandId"] = command.Id }
        );

        await cloud.One.Pipeline.IngestAsync([message, message], Cancellation);

        var ended = await FindAsync(cloud, command);
        Assert.Equal((CommandState.Acknowledged, """{"valve":1}"""), (ended.State, ended.Result!.ToJsonString()));
        Assert.Equal("0:1", await cloud.PointsAsync(device, "valve"));
    }

    private static void Connect(TestCloud cloud, Func<MethodCall, MethodResult> answers)
    {
        cloud.Gateway.State = new ConnectionState(true, cloud.Time.GetUtcNow());
        cloud.Gateway.OnMethod = answers;
    }

    private static async Task<Command> GiveAsync(
        TestCloud cloud,
        DeviceTwin device,
        JsonNode? payload = null,
        string transaction = "7",
        CommandReply reply = CommandReply.Response,
        JsonObject? expected = null,
        CommandDelivery? delivery = null
    )
    {
        var command = new NewCommand
        {
            Device = device.Id,
            Dialect = "test",
            Payload = payload ?? JsonValue.Create(1),
            TransactionId = transaction,
            Reply = reply,
            Expected = expected,
            Delivery = delivery,
        };
        return (await cloud.One.Commands.CreateAsync(TestCloud.Tenant, command, Cancellation)).Value;
    }

    /// <summary>The command, or null where another one has its transaction.</summary>
    private static async Task<Command?> TryGiveUniqueAsync(CloudInstance instance, DeviceTwin device)
    {
        var command = new NewCommand
        {
            Device = device.Id,
            Dialect = "test",
            Payload = JsonValue.Create(1),
            TransactionId = "7",
            UniqueTransaction = true,
        };
        try
        {
            return (await instance.Commands.CreateAsync(TestCloud.Tenant, command, Cancellation)).Value;
        }
        catch (DomainException refused) when (refused.Refusal == Refusal.Exists)
        {
            return null;
        }
    }

    private static async Task<Command> RunAsync(TestCloud cloud, Command command)
    {
        await cloud.One.Dispatcher.RunAsync(Cancellation);
        return await FindAsync(cloud, command);
    }

    private static async Task<Command> FindAsync(TestCloud cloud, Command command) =>
        (await cloud.One.Commands.GetAsync(TestCloud.Tenant, command.Id, Cancellation)).Value;

    private static Task EchoAsync(TestCloud cloud, DeviceTwin device, string transaction, string values)
    {
        var shown = JsonNode.Parse(values)!.AsObject();
        return cloud.One.Echoes.TakeAsync(TestCloud.Tenant, device.Id, new CommandEcho(null, transaction, shown), Cancellation);
    }
}
