using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Rules;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Rules.</summary>
internal static class RuleSchemas
{
    private const int LongestSeconds = 31 * 86_400;

    public static IEnumerable<Component> All() =>
        [
            new(
                "NewRule",
                Object([.. Writable(Condition().Requiring("operator")), ("alarm", Alarm().Requiring("type", "severity").OrNull())])
                    .Requiring("name")
            ),
            new("RulePatch", Object([.. Writable(Condition()), ("alarm", Alarm().OrNull())])),
            new("Rule", Rule(), Listed: true),
        ];

    private static IEnumerable<(string, JsonObject)> Writable(JsonObject condition) =>
        [
            ("name", Text(1, 256)),
            ("enabled", Flag().Default(true)),
            ("scope", Scope()),
            ("measurement", Text(1, 256)),
            ("field", Text(1, 256).Default("value")),
            (
                "path",
                Text(1, RulePath.LongestPath)
                    .OrNull()
                    .Saying(
                        "In the place of measurement and field: the value's place in the payload, names joined by colons; it leads through arrays."
                    )
            ),
            ("condition", condition.OrNull()),
            ("forSeconds", Number(0, LongestSeconds).Saying("For how long, on the device's time, the condition must have held.")),
            (
                "silenceSeconds",
                Number(1, LongestSeconds)
                    .OrNull()
                    .Saying("In the place of a condition: after how long without a value, on the device's time, the rule is crossed.")
            ),
        ];

    private static JsonObject Rule() =>
        Object([
                ("id", Text()),
                .. Writable(Condition().Requiring("operator", "threshold")),
                ("alarm", Alarm().OrNull()),
                ("dialect", Text().Saying("The API that it was made by, where it is another one.")),
                ("fragments", Free().Saying("What that API keeps with it.")),
                ("created", Time()),
                ("updated", Time()),
                ("version", Integer().Saying("1 and up, with each change of what it watches or of its alarm's type.")),
                ("since", Time().Saying("When this version began.")),
            ])
            .Requiring("id", "name", "enabled", "scope", "measurement", "field", "forSeconds", "created", "updated", "version", "since");

    private static JsonObject Condition() =>
        Object(
            ("operator", OneOf(Enum.GetNames<RuleOperator>()).Saying("Outside and Inside are of a range, from threshold to upper.")),
            ("threshold", Number().Saying("There is one, or a text.")),
            ("upper", Number().OrNull()),
            ("text", Text(0, 1024).OrNull().Saying("In the place of the threshold, for Equal and NotEqual.")),
            ("hysteresis", Number(0).Saying("How far a value must come back over the threshold before the condition is over."))
        );

    private static JsonObject Scope() =>
        Object(
                ("device", Text(1).OrNull().Saying("A device's id or UUID; shown as its id.")),
                ("group", Text(1, 256).OrNull()),
                ("type", Text(1, 256).OrNull()),
                (
                    "member",
                    Object(("fragment", Text(1, 256)), ("name", Text(1, 256)), ("value", Integer()))
                        .Requiring("fragment", "name", "value")
                        .OrNull()
                        .Saying("A whole number that a member of one of the device's fragments is.")
                )
            )
            .Saying("The devices that every given member fits; all where none is given.");

    private static JsonObject Alarm() =>
        Object(
                ("type", Text(1, 256)),
                ("severity", OneOf(Enum.GetNames<AlarmSeverity>())),
                ("text", Text(0, 1024).OrNull().Saying("For people; a sentence is made where there is none."))
            )
            .Saying("The alarm that is raised when the rule is crossed, and cleared when that is over.");
}
