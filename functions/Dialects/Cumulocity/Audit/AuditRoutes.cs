using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Audit;

namespace Serverless.Dialects.Cumulocity.Audit;

/// <summary>/audit/auditRecords: who did what (reference 1.9). The types that the API documents are those of its own records; programs write theirs.</summary>
internal sealed class AuditRoutes(AuditLog audit, CollectionPages pages) : ICumulocityRoutes
{
    private const string Collection = "/audit/auditRecords";

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
                Type = TypeOf(request, members.Word("type")!),
                Activity = members.Text("activity")!,
                Text = members.Text("text")!,
                Source = members.Reference("source"),
                Time = members.Time("time")!.Value,
                Created = default,
                User = members.Text("user") ?? request.Caller.User,
                Application = members.Text("application") ?? RequestEffects.ApplicationOf(request),
                Severity = members.Text("severity") is { } severity ? SeverityOf(request, severity.Trim().ToUpperInvariant()) : null,
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

    private static string TypeOf(CumulocityRequest request, string type) =>
        type.Any(char.IsControl) ? throw request.Invalid("type has no control characters.") : type;

    private static string SeverityOf(CumulocityRequest request, string text) =>
        Severities.Contains(text) ? text : throw request.Invalid($"severity is one of {string.Join(", ", Severities)}.");
}
