using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Cumulocity.Users;
using Serverless.Domain.Audit;

namespace Serverless.Dialects.Cumulocity.Audit;

/// <summary>An audit record as the API writes it (reference 1.9).</summary>
internal static class AuditRecordJson
{
    public const string Type = "auditrecord";

    /// <summary>The members that are the record's own; every other one is the writer's.</summary>
    public static readonly IReadOnlySet<string> Members = new HashSet<string>
    {
        "id",
        "self",
        "type",
        "activity",
        "text",
        "time",
        "creationTime",
        "source",
        "user",
        "application",
        "severity",
        "changes",
    };

    public static JsonObject Of(AuditRecord record, string tenant, SelfUrls urls)
    {
        var shown = new JsonObject
        {
            ["id"] = record.Id,
            ["self"] = SelfOf(record, urls),
            ["type"] = record.Type,
            ["activity"] = record.Activity,
            ["text"] = record.Text,
            ["time"] = Times.Of(record.Time),
            ["creationTime"] = Times.Of(record.Created),
            ["source"] = new JsonObject { ["id"] = record.Source, ["self"] = SourceOf(record, tenant, urls) },
        };
        foreach (var (name, value) in new[] { ("user", record.User), ("application", record.Application), ("severity", record.Severity) })
        {
            if (value is not null)
            {
                shown[name] = value;
            }
        }

        if (record.Changes.Count > 0)
        {
            shown["changes"] = new JsonArray([.. record.Changes.Select(Change)]);
        }

        foreach (var (name, value) in record.Fragments ?? [])
        {
            shown.TryAdd(name, value?.DeepClone());
        }

        return shown;
    }

    public static string SelfOf(AuditRecord record, SelfUrls urls) => urls.Of($"/audit/auditRecords/{record.Id}");

    private static JsonNode Change(AuditChange change) =>
        new JsonObject
        {
            ["attribute"] = change.Attribute,
            ["changeType"] = change.PreviousValue is null ? "ADDED" : "REPLACED",
            ["previousValue"] = change.PreviousValue,
            ["newValue"] = change.NewValue,
            ["type"] = "java.lang.String",
        };

    private static string SourceOf(AuditRecord record, string tenant, SelfUrls urls) =>
        record.Type switch
        {
            "Alarm" => urls.Of($"/alarm/alarms/{Uri.EscapeDataString(record.Source)}"),
            "Operation" => urls.Of($"/devicecontrol/operations/{Uri.EscapeDataString(record.Source)}"),
            "BulkOperation" => urls.Of($"/devicecontrol/bulkoperations/{Uri.EscapeDataString(record.Source)}"),
            "User" => UserJson.SelfOf(tenant, record.Source, urls),
            "Option" => urls.Of($"/tenant/options/{string.Join('/', record.Source.Split('/', 2).Select(Uri.EscapeDataString))}"),
            _ => urls.ManagedObject(record.Source),
        };
}
