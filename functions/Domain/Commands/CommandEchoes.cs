using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Commands;

/// <summary>What a device says of a command, found in its telemetry or in its reported properties.</summary>
/// <param name="CommandId">The command's id, or null where the device names it by its transaction.</param>
/// <param name="TransactionId">The transaction, or null.</param>
/// <param name="Values">Members that the device shows as they are now, to be compared with what was asked; null where the form has none.</param>
/// <param name="Failure">Why the device says that it failed, or null.</param>
/// <param name="Result">The whole of what the device said.</param>
public sealed record CommandEcho(
    string? CommandId,
    string? TransactionId,
    JsonObject? Values = null,
    string? Failure = null,
    JsonNode? Result = null
);

/// <summary>An echo that changed nothing, and why.</summary>
public sealed record IgnoredEcho(string Tenant, string Device, string Command, string Reason);

/// <summary>
/// Ends commands by what devices say of them, or because somebody takes them back. Each echo counts once: one that is late, that came before, or that belongs to no command changes nothing, and <see cref="Ignored"/> tells.
/// </summary>
public sealed class CommandEchoes(CommandDirectory commands, DeviceService devices, TimeProvider time)
{
    /// <summary>A message's property that names the command that it answers, by the command's id.</summary>
    public const string CommandProperty = "commandId";

    /// <summary>A message's property that says whether the command was done: acknowledged (which it means where it is missing) or failed.</summary>
    public const string StatusProperty = "commandStatus";

    /// <summary>The member of desired and reported properties under which commands are, by id.</summary>
    public const string Member = "commands";

    private const string Failed = "failed";

    /// <summary>Told of every echo that changes nothing.</summary>
    public event Action<IgnoredEcho>? Ignored;

    /// <summary>Takes a device's word of a command.</summary>
    public async Task TakeAsync(string tenant, string device, CommandEcho echo, CancellationToken cancellation)
    {
        var name = echo.CommandId ?? echo.TransactionId ?? "";
        var found = echo.CommandId is { } id
            ? await commands.FindAsync(tenant, id, cancellation)
            : await commands.FindByTransactionAsync(tenant, device, name, cancellation);
        if (found is null || (found.Value.Device != device && found.Value.Target != device))
        {
            Ignored?.Invoke(new IgnoredEcho(tenant, device, name, "it belongs to no command of the device"));
            return;
        }

        var known = found.Value.State;
        var stored = await commands.UpdateAsync(
            tenant,
            found.Value.Id,
            command =>
            {
                known = command.State;
                return command.IsOpen ? End(command, echo) : command;
            },
            cancellation
        );
        if (known is CommandState.Queued or CommandState.Sent)
        {
            await ForgetAsync(tenant, stored.Value, cancellation);
            return;
        }

        var reason = known == CommandState.Expired ? "it is late: the command has expired" : "the command has ended by another";
        Ignored?.Invoke(new IgnoredEcho(tenant, device, name, reason));
    }

    /// <summary>Takes what a device reports of its commands: {"commands":{id:{"status":"acknowledged"|"failed","reason":…, …}}}.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="patch">The patch to its reported properties.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task TakeReportedAsync(string tenant, string device, JsonObject patch, CancellationToken cancellation)
    {
        if (patch[Member] is not JsonObject told)
        {
            return;
        }

        foreach (var (id, said) in told)
        {
            if (said is JsonObject report)
            {
                var failure = Text(report, "status") == Failed ? Text(report, "reason") ?? "The device reports that it failed." : null;
                await TakeAsync(tenant, device, new CommandEcho(id, null, report, failure, report.DeepClone()), cancellation);
            }
        }
    }

    /// <summary>Ends a command that has not ended: it has failed for the reason given. A device that has it already may do it all the same.</summary>
    /// <returns>The command as it is now, or null where it had ended before.</returns>
    /// <exception cref="DomainException">There is no such command.</exception>
    public async Task<Stored<Command>?> CancelAsync(string tenant, string id, string reason, CancellationToken cancellation)
    {
        var wasOpen = false;
        var stored = await commands.UpdateAsync(
            tenant,
            id,
            command =>
            {
                wasOpen = command.IsOpen;
                return wasOpen ? (command with { Failure = reason }).Step(CommandState.Failed, time.GetUtcNow(), reason) : command;
            },
            cancellation
        );
        if (!wasOpen)
        {
            return null;
        }

        await ForgetAsync(tenant, stored.Value, cancellation);
        return stored;
    }

    /// <summary>Changes a command as <see cref="CommandDirectory.UpdateAsync"/> does, and takes it out of the desired properties where that ends it.</summary>
    /// <exception cref="DomainException">There is no such command, or the change refuses.</exception>
    public async Task<Stored<Command>> UpdateAsync(
        string tenant,
        string id,
        Func<Command, Command> change,
        AuditActor actor,
        bool isTold,
        CancellationToken cancellation
    )
    {
        var wasOpen = false;
        var stored = await commands.UpdateAsync(
            tenant,
            id,
            command =>
            {
                wasOpen = command.IsOpen;
                return change(command);
            },
            cancellation,
            actor,
            isTold
        );
        if (wasOpen && !stored.Value.IsOpen)
        {
            await ForgetAsync(tenant, stored.Value, cancellation);
        }

        return stored;
    }

    /// <summary>Deletes a command; one that is open is taken back before.</summary>
    public async Task DeleteAsync(string tenant, string id, bool isTold, CancellationToken cancellation)
    {
        while (await commands.FindAsync(tenant, id, cancellation) is { } command)
        {
            await ForgetAsync(tenant, command.Value, cancellation);
            if (await commands.TryDeleteAsync(tenant, command, isTold, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>What a message's properties say of a command, or null.</summary>
    public static CommandEcho? Find(IReadOnlyDictionary<string, string> properties, ReadOnlyMemory<byte> body)
    {
        if (!properties.TryGetValue(CommandProperty, out var id) || id.Length == 0)
        {
            return null;
        }

        var result = Json(body);
        var failure = properties.GetValueOrDefault(StatusProperty) == Failed ? "The device says that it failed." : null;
        return new CommandEcho(id, null, result as JsonObject, failure, result);
    }

    /// <summary>Takes an ended command out of the device's desired properties, where it is.</summary>
    internal async Task ForgetAsync(string tenant, Command command, CancellationToken cancellation)
    {
        if (command.Way is not CommandDelivery.Desired)
        {
            return;
        }

        try
        {
            var patch = new JsonObject { [Member] = new JsonObject { [command.Id] = null } };
            await devices.PatchDesiredAsync(tenant, command.Target ?? command.Device, patch, null, cancellation);
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // The device was deleted, its properties with it.
        }
    }

    private Command End(Command command, CommandEcho echo)
    {
        var failure = echo.Failure ?? Difference(command.Expected, echo.Values);
        var ended = command with { Result = echo.Result?.DeepClone(), Failure = failure };
        return failure is null
            ? ended.Step(CommandState.Acknowledged, time.GetUtcNow(), "The device has done it.")
            : ended.Step(CommandState.Failed, time.GetUtcNow(), failure);
    }

    /// <summary>Where a device shows something else than it was asked for: it may echo what it has had before when it cannot do it.</summary>
    private static string? Difference(JsonObject? expected, JsonObject? values)
    {
        foreach (var (name, asked) in expected ?? [])
        {
            var shown = values?[name];
            if (!JsonNode.DeepEquals(asked, shown))
            {
                return shown is null
                    ? $"The device's echo does not show {name}."
                    : $"The device shows {name} as {Shortened(shown)} instead of {Shortened(asked)}.";
            }
        }

        return null;
    }

    private static string Shortened(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "null";
        return text.Length <= 80 ? text : text[..80] + "…";
    }

    private static string? Text(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonNode? Json(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span)?.DeepClone();
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or ArgumentException)
        {
            return null;
        }
    }
}
