using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Alarms;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>What an agent says of an operation: how far it is, and members to set.</summary>
/// <param name="Stage">How far it is.</param>
/// <param name="Reason">Why it failed, or null.</param>
/// <param name="Fragments">Members to set; null removes one.</param>
/// <param name="User">Who says so.</param>
internal sealed record OperationChange(CommandStage Stage, string? Reason, JsonObject Fragments, string User)
{
    /// <summary>The command as it then is. The same said again changes nothing.</summary>
    /// <exception cref="CumulocityException">It has ended otherwise.</exception>
    public Command Apply(Command command, DateTimeOffset now)
    {
        if (!command.IsOpen && command.Stage != Stage)
        {
            throw CumulocityErrors.Invalid(
                "devicecontrol",
                $"The operation has ended as {OperationJson.StatusOf(command.Stage)}: it cannot become {OperationJson.StatusOf(Stage)}."
            );
        }

        var merged = Merged(command);
        return command.Stage == Stage ? merged : Moved(merged, now);
    }

    private Command Moved(Command command, DateTimeOffset now) =>
        Stage switch
        {
            CommandStage.Pending => command.Return(now, $"{User} gives it back."),
            CommandStage.Executing => command.Start(now, $"{User} is at it."),
            CommandStage.Successful => command.Step(CommandState.Acknowledged, now, $"{User} has done it."),
            _ => (command with { Failure = Reason }).Step(CommandState.Failed, now, Reason ?? $"{User} says that it failed."),
        };

    /// <summary>A result that has no members of its own, such as a text, is kept as the member result.</summary>
    private static JsonObject ResultOf(Command command) =>
        command.Result switch
        {
            null => [],
            JsonObject members => members,
            var plain => new JsonObject { ["result"] = plain.DeepClone() },
        };

    /// <summary>Members of an operation are its payload. Those of a command of another API are its result, for its payload is what the device was asked for.</summary>
    private Command Merged(Command command)
    {
        var failure = Stage == CommandStage.Failed ? Reason ?? command.Failure : command.Failure;
        var changed = command.Failure == failure ? command : command with { Failure = failure };
        if (Fragments.Count == 0)
        {
            return changed;
        }

        var isOwn = command is { Dialect: CumulocityDialect.DialectName, Payload: JsonObject };
        var known = isOwn ? command.Payload.AsObject() : ResultOf(command);
        var merged = AlarmDirectory.MergeFragments(known, Fragments);
        return JsonNode.DeepEquals(known, merged) ? changed
            : isOwn ? changed with { Payload = merged }
            : changed with { Result = merged };
    }
}
