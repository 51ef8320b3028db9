using System.Text.Json.Nodes;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>What goes to devices, and what comes from them: methods, messages, logs, dead letters and changes.</summary>
internal static class MessageSchemas
{
    public static IEnumerable<Component> All() =>
        [
            new("MethodCall", MethodCall()),
            new(
                "MethodResult",
                Object(("status", Integer().Saying("The device's own.")), ("payload", Any().Saying("The device's answer.")))
                    .Requiring("status", "payload")
            ),
            new("CloudMessage", CloudMessage()),
            new("QueuedMessage", Object(("messageId", Text())).Requiring("messageId")),
            new("LogLine", LogLine(), Listed: true),
            new("DeviceEvent", DeviceEvent(), Listed: true),
            new("DeadLetter", DeadLetter(), Listed: true),
            new("DeadLetterWithBody", DeadLetterWithBody()),
            new("Change", Change()),
            new(
                "Changes",
                Object(("items", ListOf(Ref("Change"))), ("next", Integer().Saying("What to give as after the next time.")))
                    .Requiring("items", "next")
            ),
        ];

    private static JsonObject MethodCall() =>
        Object(
                ("name", Text(1, 128).Saying("ASCII letters, digits and - . _ :")),
                ("payload", Any()),
                ("responseTimeout", Integer(5, 180).Default(30).Saying("Seconds that the device may take to answer.")),
                ("connectTimeout", Integer(0, 40).Default(0).Saying("Seconds to wait for a device that is not connected."))
            )
            .Requiring("name");

    private static JsonObject CloudMessage() =>
        Object(
                ("body", Any().Saying("The payload as JSON.")),
                ("bodyBase64", Text().Saying("The payload as bytes, instead of body.")),
                ("contentType", Text(1, 128).Saying("application/json where the payload is given as JSON.")),
                ("messageId", Text(1, 128).Saying("A random one where it is not given.")),
                ("correlationId", Text(1, 128)),
                ("properties", Texts()),
                ("expires", Time().Saying("When the message ends if it was not delivered."))
            )
            .Saying("A payload of at most 64 KiB, as JSON or as bytes.");

    private static JsonObject LogLine() =>
        Object(
                ("time", Time()),
                ("level", Integer(0, 4).Saying("0 debug, 1 info, 2 warning, 3 error, 4 fatal.")),
                ("tag", Text().Saying("What in the device wrote it.")),
                ("message", Text())
            )
            .Requiring("time", "level", "tag", "message");

    private static JsonObject DeviceEvent() =>
        Object(
                ("id", Text()),
                ("source", Text().Saying("The id of the device, or of the other object, at which it happened.")),
                ("type", Text().Saying("What happened, as a word for programs.")),
                ("text", Text().Saying("What happened, for people.")),
                ("time", Time().Saying("When it happened.")),
                ("created", Time().Saying("When it was stored.")),
                ("updated", Time().Saying("When it was last changed.")),
                ("fragments", Free().Saying("Members of the users' own.")),
                (
                    "attachment",
                    Object(("name", Text()), ("type", Text()), ("length", Integer(0)))
                        .Requiring("name", "type", "length")
                        .Saying("Its file, where it has one.")
                )
            )
            .Requiring("id", "source", "type", "text", "time", "created", "updated", "fragments");

    private static JsonObject DeadLetter() => Object(DeadLetterMembers()).Requiring(DeadLetterMembers().Select(member => member.Name));

    private static JsonObject DeadLetterWithBody() =>
        Object([.. DeadLetterMembers(), ("body", Text().Saying("The payload in base64."))])
            .Requiring([.. DeadLetterMembers().Select(member => member.Name), "body"]);

    private static IEnumerable<(string Name, JsonObject)> DeadLetterMembers() =>
        [
            ("id", Text()),
            ("source", Text().Saying("The hub id that sent it.")),
            ("time", Time().Saying("When it came in.")),
            ("reason", Text()),
            ("size", Integer().Saying("The bytes of the payload.")),
            ("system", Texts()),
            ("properties", Texts()),
        ];

    private static JsonObject Change() =>
        Object(
                ("sequence", Integer()),
                ("time", Time()),
                ("kind", Text().Saying("devices, measurements, …")),
                ("source", Text().Saying("The id of the device that it is about.")),
                ("action", OneOf("create", "update", "delete")),
                ("body", Free().Saying("The thing as it is now, or what is known of it after deletion."))
            )
            .Requiring("sequence", "time", "kind", "source", "action", "body");
}
