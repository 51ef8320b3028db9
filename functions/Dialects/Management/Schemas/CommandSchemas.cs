using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Commands.</summary>
internal static class CommandSchemas
{
    private const int LongestLife = 30 * 86_400;

    public static IEnumerable<Component> All() =>
        [
            new("NewCommand", NewCommand()),
            new("CommandStep", Object(("state", State()), ("time", Time()), ("note", Text())).Requiring("state", "time", "note")),
            new("Command", Command(), Listed: true),
        ];

    private static JsonObject State() => OneOf(Enum.GetNames<CommandState>());

    private static JsonObject Delivery() =>
        OneOf(Enum.GetNames<CommandDelivery>())
            .Saying(
                "Method: a direct method. Desired: the desired property commands.{id}. Message: a cloud-to-device message. Automatic: a method while the device is connected, else a desired property. Collected: the device's agent comes for it by an API."
            );

    private static JsonObject Reply() =>
        OneOf(Enum.GetNames<CommandReply>())
            .Saying(
                "What ends it well. None: handing it over. Response: what the device answers. Echo: the device's echo in its telemetry."
            );

    private static (string Name, JsonObject Schema)[] Given() =>
        [
            ("name", Text(1, 128).Saying("The direct method's name: a-z, A-Z, 0-9, -, _ and dots.")),
            ("payload", Any().Saying("What the device gets.")),
            ("properties", Texts().Saying("Properties of its cloud-to-device message.")),
            ("transactionId", Text(1, 128).Saying("What the device's echo names it by.")),
            ("expected", Free().Saying("Members that the echo must show with these values.")),
            ("delivery", Delivery()),
            ("reply", Reply()),
        ];

    private static JsonObject NewCommand() =>
        Object([
                .. Given(),
                ("lifetimeSeconds", Integer(1, LongestLife).Saying("How long the device has; else the tenant's default.")),
                ("idempotencyKey", Text(1, 256).Saying("Whoever gives it again within a day gets the command that is there.")),
            ])
            .Requiring("payload");

    private static JsonObject Command() =>
        Object([
                ("id", Text()),
                ("device", Text().Saying("The device's id.")),
                ("dialect", Text().Saying("The API that it came by.")),
                ("user", Text()),
                .. Given(),
                ("way", Delivery().Saying("The way that it went last.")),
                ("state", State().Saying("Acknowledged, Failed and Expired are final.")),
                ("attempts", Integer(0)),
                ("created", Time()),
                ("updated", Time()),
                ("deadline", Time().Saying("When it is too late; a command without one has all the time that it needs.")),
                ("started", Time().Saying("When the device said that it is at it.")),
                ("agent", Text().Saying("The id of the device that takes it to its device.")),
                ("bulk", Text().Saying("The bulk operation that it is of.")),
                ("result", Any().Saying("What the device answered.")),
                ("failure", Text().Saying("Why it failed or expired.")),
                ("history", ListOf(Ref("CommandStep"))),
            ])
            .Requiring("id", "device", "dialect", "name", "payload", "state", "attempts", "created", "updated", "history");
}
