using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>A command as an operation (reference 1.8).</summary>
internal static class OperationJson
{
    public const string Type = "operation";

    /// <summary>The fragment in which a command of another API has what it was given as.</summary>
    public const string ForeignFragment = "serverless_Command";

    /// <summary>The members that are the operation's own; every other one is the users'.</summary>
    public static readonly IReadOnlySet<string> Members = new HashSet<string>
    {
        "id",
        "self",
        "deviceId",
        "deviceName",
        "deviceExternalIDs",
        "agentId",
        "creationTime",
        "status",
        "failureReason",
        "bulkOperationId",
    };

    /// <param name="command">The command.</param>
    /// <param name="urls">The URLs that things are known by.</param>
    /// <param name="deviceName">The name of its device, or null where it is not known or asked for.</param>
    /// <param name="agent">Whether its agent is named, as on channels that push it.</param>
    public static JsonObject Of(Command command, SelfUrls urls, string? deviceName = null, bool agent = false)
    {
        var shown = new JsonObject
        {
            ["id"] = command.Id,
            ["self"] = SelfOf(command, urls),
            ["deviceId"] = command.Device,
        };
        Set("deviceName", deviceName);
        Set("agentId", agent ? command.Agent : null);
        shown["creationTime"] = Times.Of(command.Created);
        shown["status"] = StatusOf(command.Stage);
        Set("failureReason", command.Failure);
        if (command.Bulk is { } bulk && long.TryParse(bulk, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            shown["bulkOperationId"] = number;
        }

        foreach (var (name, value) in FragmentsOf(command))
        {
            shown.TryAdd(name, value?.DeepClone());
        }

        return shown;

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                shown[name] = value;
            }
        }
    }

    public static string SelfOf(Command command, SelfUrls urls) => urls.Of($"/devicecontrol/operations/{command.Id}");

    /// <summary>PENDING, EXECUTING, SUCCESSFUL or FAILED.</summary>
    public static string StatusOf(CommandStage stage) => stage.ToString().ToUpperInvariant();

    /// <summary>A device's external ids as an operation has them: {"externalIds":[…],"self":…}.</summary>
    public static JsonObject ExternalIdsOf(DeviceTwin twin, SelfUrls urls)
    {
        var ids = twin.ExternalIds.Select(id =>
            (JsonNode)
                new JsonObject
                {
                    ["externalId"] = id.Value,
                    ["type"] = id.Type,
                    ["managedObject"] = new JsonObject { ["id"] = twin.Id, ["self"] = urls.ManagedObject(twin.Id) },
                    ["self"] = urls.Of($"/identity/externalIds/{Uri.EscapeDataString(id.Type)}/{Uri.EscapeDataString(id.Value)}"),
                }
        );
        return new JsonObject
        {
            ["externalIds"] = new JsonArray([.. ids]),
            ["self"] = urls.Of($"/identity/globalIds/{twin.Id}/externalIds"),
        };
    }

    /// <summary>An operation's fragments as they were sent; of a command of another API its payload, and beside it what of that is an object.</summary>
    private static JsonObject FragmentsOf(Command command)
    {
        if (command is { Dialect: CumulocityDialect.DialectName, Payload: JsonObject own })
        {
            return own;
        }

        var shown = new JsonObject
        {
            [ForeignFragment] = new JsonObject { ["dialect"] = command.Dialect, ["payload"] = command.Payload.DeepClone() },
        };
        foreach (var (name, value) in command.Payload as JsonObject ?? [])
        {
            if (value is JsonObject)
            {
                shown.TryAdd(name, value.DeepClone());
            }
        }

        return shown;
    }
}
