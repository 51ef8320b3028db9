using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Commands;

/// <summary>How far a command is: queued → sent → acknowledged, failed or expired. The last three are final.</summary>
public enum CommandState
{
    /// <summary>Waits to be sent.</summary>
    Queued,

    /// <summary>On its way to the device, or with it; what came of it is not known.</summary>
    Sent,

    /// <summary>The device did it, or has it where nothing comes back.</summary>
    Acknowledged,

    /// <summary>The device refused it, or its echo shows that it did not do it.</summary>
    Failed,

    /// <summary>Its deadline passed before it was known to be done.</summary>
    Expired,
}

/// <summary>How far a command is for whoever watches its device.</summary>
public enum CommandStage
{
    /// <summary>The device has not begun.</summary>
    Pending,

    /// <summary>The device says that it is at it, or has it and is asked for no more than the outcome.</summary>
    Executing,

    Successful,

    /// <summary>It failed, or its time ran out.</summary>
    Failed,
}

/// <summary>The way to the device.</summary>
public enum CommandDelivery
{
    /// <summary>A direct method while the device is connected and takes methods, else a desired property; a message where it takes nothing but messages.</summary>
    Automatic,

    /// <summary>A direct method, tried again until the deadline.</summary>
    Method,

    /// <summary>The desired property commands.{id}, removed when the command has ended.</summary>
    Desired,

    /// <summary>A cloud-to-device message; <see cref="Automatic"/> where the hub's adapter sends none.</summary>
    Message,

    /// <summary>The device, or the agent that it is behind, comes for it by an API of its own; nothing is sent. <see cref="Automatic"/> when it connects to the hub after all.</summary>
    Collected,
}

/// <summary>What ends a command well.</summary>
public enum CommandReply
{
    /// <summary>Handing it over.</summary>
    None,

    /// <summary>The method's response, or what the device says of it later: see <see cref="CommandEchoes"/>.</summary>
    Response,

    /// <summary>The device's echo, which comes back as telemetry; a method's good response does not end it.</summary>
    Echo,
}

/// <summary>A step of a command's history.</summary>
/// <param name="State">The state that it then had.</param>
/// <param name="Time">When.</param>
/// <param name="Note">What happened, for people.</param>
public sealed record CommandStep(CommandState State, DateTimeOffset Time, string Note);

/// <summary>What a device is told to do: one model behind Cumulocity operations, Thingsee commands, ThingScale publish and our own.</summary>
public sealed record Command
{
    /// <summary>A decimal string of at most 53 bits that grows with time, as a device's id.</summary>
    public required string Id { get; init; }

    /// <summary>The device's id.</summary>
    public required string Device { get; init; }

    /// <summary>The dialect that it came by.</summary>
    public required string Dialect { get; init; }

    /// <summary>The user who gave it.</summary>
    public string? User { get; init; }

    /// <summary>The direct method's name.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>What the device gets, as the dialect wrote it. As a message, text goes as it is and anything else as JSON.</summary>
    public required JsonNode Payload { get; init; }

    /// <summary>Properties of its cloud-to-device message.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>What the device's echo names it by, unique among the device's open commands.</summary>
    public string? TransactionId { get; init; }

    /// <summary>Members that the echo must show with these values, or null where any echo will do.</summary>
    public JsonObject? Expected { get; init; }

    public CommandDelivery Delivery { get; init; }

    /// <summary>The way that it went last.</summary>
    public CommandDelivery? Way { get; init; }

    /// <summary>The id of the device that got it last: the device itself, or the one that it is behind.</summary>
    public string? Target { get; init; }

    public CommandReply Reply { get; init; } = CommandReply.Response;

    public CommandState State { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>When something is to be done with it next, in milliseconds since 1970; null where it has ended.</summary>
    public long? Due { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>When it is too late, or null for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When the device said that it is at it, or null where it has not.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The id of the device that takes it to its device, as it was when the command was given: the device itself or one that it is behind; null where nobody does.</summary>
    public string? Agent { get; init; }

    /// <summary>The bulk operation that it is of, or null.</summary>
    public string? Bulk { get; init; }

    /// <summary>What the device answered, or null.</summary>
    public JsonNode? Result { get; init; }

    /// <summary>Why it failed or expired, or null.</summary>
    public string? Failure { get; init; }

    public IReadOnlyList<CommandStep> History { get; init; } = [];

    [JsonIgnore]
    public bool IsOpen => State is CommandState.Queued or CommandState.Sent;

    [JsonIgnore]
    public CommandStage Stage =>
        State switch
        {
            CommandState.Acknowledged => CommandStage.Successful,
            CommandState.Failed or CommandState.Expired => CommandStage.Failed,
            _ when Started is not null => CommandStage.Executing,
            CommandState.Sent when Way is not null => CommandStage.Executing,
            _ => CommandStage.Pending,
        };

    public const string DefaultName = "command";

    /// <summary>The command when its device, or who takes it there, says that it is at it: nothing more is sent.</summary>
    public Command Start(DateTimeOffset time, string note) =>
        (this with { Started = time, Due = Deadline?.ToUnixTimeMilliseconds() }).Step(CommandState.Sent, time, note);

    /// <summary>The command when who was at it gives it back: it waits as at first.</summary>
    public Command Return(DateTimeOffset time, string note)
    {
        var due = Delivery == CommandDelivery.Collected ? Deadline : time;
        return (this with { Started = null, Way = null, Due = due?.ToUnixTimeMilliseconds() }).Step(CommandState.Queued, time, note);
    }

    /// <summary>The command in another state, with the step in its history.</summary>
    public Command Step(CommandState state, DateTimeOffset time, string note) =>
        this with
        {
            State = state,
            Updated = time,
            Due = state is CommandState.Queued or CommandState.Sent ? Due : null,
            History = [.. History, new CommandStep(state, time, note)],
        };
}

/// <summary>What a command is made from.</summary>
public sealed record NewCommand
{
    public required string Device { get; init; }

    public required string Dialect { get; init; }

    public string? User { get; init; }

    public string Name { get; init; } = Command.DefaultName;

    public required JsonNode Payload { get; init; }

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    public string? TransactionId { get; init; }

    /// <summary>Whether the command is refused while another one with its transaction is open, whoever gives both at one moment; else its echo is the newest one's.</summary>
    public bool UniqueTransaction { get; init; }

    public JsonObject? Expected { get; init; }

    /// <summary>The way, or null for the tenant's choice for the device's type.</summary>
    public CommandDelivery? Delivery { get; init; }

    public CommandReply Reply { get; init; } = CommandReply.Response;

    /// <summary>How long the device has; null for the tenant's default.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Whether the device has all the time that it needs, whatever <see cref="Lifetime"/> is.</summary>
    public bool Endless { get; init; }

    /// <summary>The bulk operation that it is of, or null.</summary>
    public string? Bulk { get; init; }

    /// <summary>The application that gave it, for the audit log.</summary>
    public string? Application { get; init; }

    /// <summary>Whoever gives the same key again gets the command that is there, for a day.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>An index entry: the command that a key stands for.</summary>
public sealed record CommandEntry(string Command);

/// <summary>A tenant's choices for its commands.</summary>
public sealed record CommandSettings
{
    /// <summary>The way for devices whose type is not among <see cref="Types"/>.</summary>
    public CommandDelivery Delivery { get; init; }

    /// <summary>The way by the device's type.</summary>
    public IReadOnlyDictionary<string, CommandDelivery> Types { get; init; } = new Dictionary<string, CommandDelivery>();

    /// <summary>Seconds that a device has for a command that brings no deadline of its own; 300.</summary>
    public int LifetimeSeconds { get; init; } = 300;

    public CommandDelivery WayTo(string? deviceType) =>
        deviceType is not null && Types.TryGetValue(deviceType, out var way) ? way : Delivery;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(CommandEntry))]
public sealed partial class CommandJson : JsonSerializerContext
{
    /// <summary>The command as a JSON object, as changes have it.</summary>
    public static JsonObject ToObject(Command command) => JsonSerializer.SerializeToNode(command, Default.Command)!.AsObject();

    /// <summary>The command of a change's body.</summary>
    public static Command OfObject(JsonObject body) => body.Deserialize(Default.Command)!;
}
