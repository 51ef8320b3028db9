using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;

namespace Serverless.Dialects.Cumulocity.Audit;

/// <summary>/audit/auditRecords: who did what (reference 1.9).</summary>
internal sealed class AuditRoutes(AuditLog audit, CollectionPages pages) : ICumulocityRoutes
{
    private const string Collection = "/audit/auditRecords";

    /// <summary>What the API lets records be about.</summary>
    private static readonly IReadOnlyList<string> Types =
    [
        "Alarm",
        "Application",
        "BulkOperation",
        "CepModule",
        "Connector",
        "Event",
        "Group",
        "Inventory",
        "InventoryRole",
        "Operation",
        "Option",
        "Report",
        "SingleSignOn",
        "SmartRule",
        "SYSTEM",
        "Tenant",
        "TenantAuthConfig",
        "TrustedCertificates",
        "User",
        "UserAuthentication",
    ];

    private static readonly IReadOnlyList<string> Severities = ["CRITICAL", "MAJOR", "MINOR", "WARNING", "INFORMATION"];

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("POST", Collection, Permission.Write, CreateAsync),
            new("GET", Collection, Permission.Read, ListAsync),
            new("GET", $"{Collection}/{{id}}", Permission.Read, GetAsync),
        ];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var body = await request.ReadObjectAsync();
        var members = new BodyMembers(request, body);
        members.Require("activity", "source", "text", "time", "type");
        var fragments = AlarmDirectory.MergeFragments([], members.Without(AuditRecordJson.Members));
        var record = await audit.AddAsync(
            request.Tenant,
            new AuditRecord
            {
                Id = "",
                Type = Known(request, "type", members.Text("type")!, Types),
                Activity = members.Text("activity")!,
                Text = members.Text("text")!,
                Source = members.Reference("source"),
                Time = members.Time("time")!.Value,
                Created = default,
                User = members.Text("user") ?? request.Caller.User,
                Application = members.Text("application") ?? RequestEffects.ApplicationOf(request),
                Severity = members.Text("severity") is { } severity
                    ? Known(request, "severity", severity.Trim().ToUpperInvariant(), Severities)
                    : null,
                Fragments = fragments.Count == 0 ? null : fragments,
            },
            request.Cancellation
        );
        return CumulocityAnswer.Created(
            AuditRecordJson.Of(record, request.Tenant, request.Urls),
            AuditRecordJson.Type,
            AuditRecordJson.SelfOf(record, request.Urls)
        );
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var filter = new AuditFilter
        {
            Application = request.Query("application"),
            User = request.Query("user"),
            Type = request.Query("type"),
            Source = request.Query("source"),
            From = request.Date("dateFrom"),
            To = request.Date("dateTo"),
        };
        var descending = !request.Flag("revert");
        return await pages.ReadAsync(
            request,
            "auditRecords",
            "auditrecordcollection",
            (limit, cursor) => audit.ListAsync(request.Tenant, filter, descending, limit, cursor, request.Cancellation),
            () => audit.CountAsync(request.Tenant, filter, request.Cancellation),
            record => Task.FromResult(AuditRecordJson.Of(record.Value, request.Tenant, request.Urls))
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        DeviceScope.CheckWhole(request);
        var id = request["id"];
        var record =
            (DeviceScope.IsId(id) ? await audit.FindAsync(request.Tenant, id, request.Cancellation) : null)?.Value
            ?? throw CumulocityErrors.NotFound("audit", $"Finding audit record from database failed : No audit record for gid '{id}'!");
        return CumulocityAnswer.Ok(AuditRecordJson.Of(record, request.Tenant, request.Urls), AuditRecordJson.Type);
    }

    private static string Known(CumulocityRequest request, string name, string text, IReadOnlyList<string> known) =>
        known.Contains(text) ? text : throw request.Invalid($"{name} is one of {string.Join(", ", known)}.");
}
