using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Commands;

/// <summary>
/// Sends commands to their devices, again where it is not known that they have them, and ends those whose deadline has passed. It may run on several instances at once: an attempt is claimed under
/// the command's entity tag. What a device gets more than once has the same id.
/// </summary>
public sealed class CommandDispatcher
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private const int PageSize = 100;
    private const int MostRelays = 10;

    private readonly CommandDirectory commands;
    private readonly CommandEchoes echoes;
    private readonly DeviceDirectory directory;
    private readonly DeviceService devices;
    private readonly IDeviceGateway gateway;
    private readonly TenantDirectory tenants;
    private readonly TimeProvider time;

    // Tenants that may have open commands, and devices that have just come: what a process need not look for in the store.
    private readonly ConcurrentDictionary<string, byte> busy = new();
    private readonly ConcurrentQueue<(string Tenant, string Device)> arrived = new();
    private TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CommandDispatcher(
        CommandDirectory commands,
        CommandEchoes echoes,
        DeviceDirectory directory,
        DeviceService devices,
        DeviceConnections connections,
        IDeviceGateway gateway,
        TenantDirectory tenants,
        TimeProvider time
    )
    {
        (this.commands, this.echoes, this.directory, this.devices) = (commands, echoes, directory, devices);
        (this.gateway, this.tenants, this.time) = (gateway, tenants, time);
        commands.Queued += tenant =>
        {
            busy[tenant] = 0;
            Wake();
        };
        connections.Connected += (tenant, device) =>
        {
            arrived.Enqueue((tenant, device));
            Wake();
        };
    }

    /// <summary>Completes when there is something to do before the next tick.</summary>
    public Task Signal => Volatile.Read(ref signal).Task;

    /// <summary>Does what is due for the tenants that this process knows to have open commands, and for the devices that have come.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Interlocked.Exchange(ref signal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (arrived.TryDequeue(out var device))
        {
            await HurryAsync(device.Tenant, device.Device, cancellation);
        }

        foreach (var tenant in busy.Keys)
        {
            await RunAsync(tenant, cancellation);
        }
    }

    /// <summary>Does what is due for every tenant: after a start, and every minute for what another instance has left.</summary>
    public async Task RunAllAsync(CancellationToken cancellation)
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await RunAsync(tenant.Value.Id, cancellation);
        }
    }

    private void Wake() => Volatile.Read(ref signal).TrySetResult();

    private async Task RunAsync(string tenant, CancellationToken cancellation)
    {
        busy.TryRemove(tenant, out _);
        var open = new Filter.Has("due");
        string? cursor = null;
        do
        {
            (var page, cursor) = await commands.ListAsync(tenant, null, open, descending: false, PageSize, cursor, cancellation);
            if (page.Count > 0)
            {
                busy[tenant] = 0;
            }

            // A device that does not answer keeps no other device waiting.
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            await Task.WhenAll(
                page.Where(command => command.Value.Due <= now)
                    .GroupBy(command => command.Value.Device)
                    .Select(device => RunAsync(tenant, [.. device.Select(command => command.Value)], cancellation))
            );
        } while (cursor is not null);
    }

    /// <summary>One device's commands, in the order in which they were given.</summary>
    private async Task RunAsync(string tenant, IReadOnlyList<Command> ofDevice, CancellationToken cancellation)
    {
        foreach (var command in ofDevice)
        {
            await RunAsync(tenant, command, cancellation);
        }
    }

    private async Task RunAsync(string tenant, Command command, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now >= command.Deadline)
        {
            await EndAsync(tenant, command.Id, open => Expire(open), cancellation);
            return;
        }

        if (command.Delivery == CommandDelivery.Collected || command.Started is not null)
        {
            // Nothing is sent, or nothing more: all that can be due is the deadline.
            return;
        }

        if (await ClaimAsync(tenant, command, now, cancellation) is not { } claimed)
        {
            return;
        }

        if (await directory.FindAsync(tenant, claimed.Device, cancellation) is not { } device)
        {
            await EndAsync(tenant, claimed.Id, open => Fail(open, "The device was deleted."), cancellation);
            return;
        }

        try
        {
            var target = await FindTargetAsync(tenant, device.Value, cancellation);
            await SendAsync(tenant, device.Value, target, claimed, cancellation);
        }
        catch (DomainException refused)
        {
            await EndAsync(tenant, claimed.Id, open => Fail(open, refused.Message), cancellation);
        }
    }

    /// <summary>The device itself; of one that has never been connected a device that it is behind, else one that speaks for all; rather one that is connected now.</summary>
    private async Task<DeviceTwin> FindTargetAsync(string tenant, DeviceTwin device, CancellationToken cancellation)
    {
        if (device.Connection is not null || (await gateway.GetConnectionAsync(device.HubId, cancellation)).Connected)
        {
            return device;
        }

        var before = new List<DeviceTwin>();
        foreach (var parent in device.Parents)
        {
            if (await directory.FindAsync(tenant, parent, cancellation) is { } found)
            {
                before.Add(found.Value);
            }
        }

        if (before.Count == 0)
        {
            var relays = Filter.Eq("relays", JsonValue.Create(true));
            var (page, _) = await directory.ListAsync(tenant, relays, null, MostRelays, null, cancellation);
            before.AddRange(page.Select(relay => relay.Value).Where(relay => relay.Id != device.Id));
        }

        foreach (var target in before)
        {
            if ((await gateway.GetConnectionAsync(target.HubId, cancellation)).Connected)
            {
                return target;
            }
        }

        return before.FirstOrDefault() ?? device;
    }

    /// <summary>Counts the attempt under the version that was read, so that one instance makes it.</summary>
    private async Task<Command?> ClaimAsync(string tenant, Command read, DateTimeOffset now, CancellationToken cancellation)
    {
        var claimed = false;
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(read.Attempts, 10), LongestPause.Ticks));
        var stored = await commands.UpdateAsync(
            tenant,
            read.Id,
            command =>
            {
                claimed = command.IsOpen && command.Attempts == read.Attempts && command.Due == read.Due;
                return claimed
                    ? command with
                    {
                        Attempts = command.Attempts + 1,
                        Due = Due(command, now + pause + ResponseTimeout),
                    }
                    : command;
            },
            cancellation,
            // What comes of the attempt is told; that one begins would be a second word of the state that it had.
            isTold: false
        );
        return claimed ? stored.Value : null;
    }

    private async Task SendAsync(string tenant, DeviceTwin device, DeviceTwin target, Command command, CancellationToken cancellation)
    {
        var way = command.Delivery == CommandDelivery.Message && !gateway.SendsMessages ? CommandDelivery.Automatic : command.Delivery;
        if (way == CommandDelivery.Automatic)
        {
            var state = await gateway.GetConnectionAsync(target.HubId, cancellation);
            way = state switch
            {
                { Connected: true, MessagesOnly: true } when gateway.SendsMessages => CommandDelivery.Message,
                { Connected: true, TakesMethods: true } => CommandDelivery.Method,
                _ => CommandDelivery.Desired,
            };
        }

        if (way == CommandDelivery.Method)
        {
            if (await CallAsync(tenant, device, target, command, cancellation) || command.Delivery == CommandDelivery.Method)
            {
                return;
            }

            // It went away in between.
            way = CommandDelivery.Desired;
        }

        if (way == CommandDelivery.Message)
        {
            await gateway.SendAsync(target.HubId, CommandForms.MessageOf(command), cancellation);
            await HandOverAsync(tenant, command, target, way, "Sent as a message.", cancellation);
            return;
        }

        var patch = new JsonObject { [CommandEchoes.Member] = new JsonObject { [command.Id] = CommandForms.EnvelopeOf(command, device) } };
        await devices.PatchDesiredAsync(tenant, target.Id, patch, null, cancellation);
        await HandOverAsync(tenant, command, target, way, "Set as a desired property.", cancellation);
    }

    /// <returns>False where the device is not there to be called.</returns>
    private async Task<bool> CallAsync(string tenant, DeviceTwin device, DeviceTwin target, Command command, CancellationToken cancellation)
    {
        try
        {
            var call = new MethodCall(command.Name, CommandForms.EnvelopeOf(command, device), ResponseTimeout);
            var result = await gateway.InvokeMethodAsync(target.HubId, call, cancellation);
            if (result.Status is >= 200 and < 300)
            {
                var isEnd = command.Reply != CommandReply.Echo;
                await EndAsync(tenant, command.Id, open => Answered(open with { Target = target.Id }, result, isEnd), cancellation);
            }
            else
            {
                var why = $"The device answered the method with the status {result.Status}.";
                await EndAsync(
                    tenant,
                    command.Id,
                    open => Fail(open with { Way = CommandDelivery.Method, Result = result.Payload?.DeepClone() }, why),
                    cancellation
                );
            }

            return true;
        }
        catch (DeviceOfflineException)
        {
            return false;
        }
        catch (DeviceTimeoutException)
        {
            // It may have it or not: it gets it again, with the same id.
            await HandOverAsync(tenant, command, target, CommandDelivery.Method, "The device did not answer in time.", cancellation);
            return true;
        }
    }

    private Command Answered(Command command, MethodResult result, bool isEnd)
    {
        var answered = command with { Way = CommandDelivery.Method, Result = result.Payload?.DeepClone(), Due = DueAtEnd(command) };
        return isEnd
            ? answered.Step(CommandState.Acknowledged, time.GetUtcNow(), $"The device answered the method with the status {result.Status}.")
            : answered.Step(CommandState.Sent, time.GetUtcNow(), "The device has it; its echo is awaited.");
    }

    private Task<Stored<Command>> HandOverAsync(
        string tenant,
        Command command,
        DeviceTwin target,
        CommandDelivery way,
        string note,
        CancellationToken cancellation
    ) =>
        commands.UpdateAsync(
            tenant,
            command.Id,
            open =>
            {
                if (!open.IsOpen)
                {
                    return open;
                }

                var sent = open with { Way = way, Target = target.Id };
                return command.Reply == CommandReply.None && way != CommandDelivery.Method
                    ? sent.Step(CommandState.Acknowledged, time.GetUtcNow(), note)
                    : (way == CommandDelivery.Method ? sent : sent with { Due = DueAtEnd(sent) }).Step(
                        CommandState.Sent,
                        time.GetUtcNow(),
                        note
                    );
            },
            cancellation
        );

    /// <summary>Changes a command that is open still, and takes it out of the desired properties where it has ended.</summary>
    private async Task EndAsync(string tenant, string id, Func<Command, Command> change, CancellationToken cancellation)
    {
        var changed = false;
        var stored = await commands.UpdateAsync(
            tenant,
            id,
            command =>
            {
                changed = command.IsOpen;
                return changed ? change(command) : command;
            },
            cancellation
        );
        if (changed && !stored.Value.IsOpen)
        {
            await echoes.ForgetAsync(tenant, stored.Value, cancellation);
        }
    }

    private Command Expire(Command command) =>
        (command with { Failure = "The deadline has passed." }).Step(CommandState.Expired, time.GetUtcNow(), "The deadline has passed.");

    private Command Fail(Command command, string why) => (command with { Failure = why }).Step(CommandState.Failed, time.GetUtcNow(), why);

    /// <summary>A device that has come gets at once what was waiting for it.</summary>
    private async Task HurryAsync(string tenant, string device, CancellationToken cancellation)
    {
        var queued = Filter.Eq("state", JsonValue.Create(nameof(CommandState.Queued)));
        var (page, _) = await commands.ListAsync(tenant, device, queued, descending: false, PageSize, null, cancellation);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var command in page)
        {
            await commands.UpdateAsync(tenant, command.Value.Id, waiting => Hurried(waiting, now), cancellation);
            busy[tenant] = 0;
        }
    }

    private static Command Hurried(Command command, long now) =>
        command is not { State: CommandState.Queued, Started: null } ? command
        : command.Delivery == CommandDelivery.Collected ? command with { Delivery = CommandDelivery.Automatic, Due = now }
        : command.Due > now ? command with { Due = now }
        : command;

    private static long Due(Command command, DateTimeOffset next) =>
        (command.Deadline is { } deadline && deadline < next ? deadline : next).ToUnixTimeMilliseconds();

    /// <summary>When there is nothing left to do but to end it.</summary>
    private static long? DueAtEnd(Command command) => command.Deadline?.ToUnixTimeMilliseconds();
}
