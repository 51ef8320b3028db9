using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Alarms and the audit log.</summary>
internal static class AlarmSchemas
{
    public static IEnumerable<Component> All() =>
        [
            new("Alarm", Alarm(), Listed: true),
            new("AlarmPatch", Object(("status", Status()), ("severity", Severity()), ("text", Text()))),
            new("AuditChange", Object(("attribute", Text()), ("previousValue", Text()), ("newValue", Text())).Requiring("attribute")),
            new("AuditRecord", AuditRecord(), Listed: true),
        ];

    public static JsonObject Status() =>
        OneOf(Enum.GetNames<AlarmStatus>())
            .Saying("Active: nobody has seen to it. Acknowledged: somebody sees to it. Cleared: it is over.");

    public static JsonObject Severity() => OneOf(Enum.GetNames<AlarmSeverity>());

    private static JsonObject Alarm() =>
        Object(
                ("id", Text()),
                ("device", Text().Saying("The device's id.")),
                (
                    "type",
                    Text().Saying("What is wrong, as a word for programs. A device has at most one alarm of a type that is not cleared.")
                ),
                ("severity", Severity()),
                ("status", Status()),
                ("text", Text().Saying("What is wrong, for people.")),
                ("first", Time().Saying("When it was so first.")),
                ("last", Time().Saying("When it was so last.")),
                ("cleared", Time().Saying("When it was over.")),
                ("count", Integer(1).Saying("How often it was raised.")),
                ("created", Time()),
                ("updated", Time()),
                ("fragments", Free().Saying("Members of the users' own."))
            )
            .Requiring("id", "device", "type", "severity", "status", "text", "first", "last", "count", "created", "updated", "fragments");

    private static JsonObject AuditRecord() =>
        Object(
                ("id", Text()),
                ("type", Text().Saying("What kind of thing it was done to, such as Alarm or Operation.")),
                ("activity", Text().Saying("What was done.")),
                ("text", Text().Saying("What was done, with the details.")),
                ("source", Text().Saying("The id of the thing.")),
                ("time", Time()),
                ("created", Time()),
                ("user", Text().Saying("Who did it; the cloud itself where it is missing.")),
                ("application", Text()),
                ("severity", Text()),
                ("changes", ListOf(Ref("AuditChange"))),
                ("fragments", Free().Saying("Members of the writer's own."))
            )
            .Requiring("id", "type", "activity", "text", "source", "time", "created", "changes");
}
