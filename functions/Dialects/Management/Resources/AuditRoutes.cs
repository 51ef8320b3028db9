using Serverless.Dialects.Management.Routing;
using Serverless.Dialects.Management.Schemas;
using Serverless.Domain;
using Serverless.Domain.Audit;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>Who did what: written with what it tells of, and never changed.</summary>
internal sealed class AuditRoutes(AuditLog audit)
{
    private const string Collection = "/audit";
    private const string Item = "/audit/{id}";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", Collection, "listAuditRecords", Access.Reader, "List who did what, the newest first", ListAsync)
            {
                Query =
                [
                    new QueryParameter("source", Text(1).Saying("Records of the thing of this id.")),
                    new QueryParameter("type", Text(1).Saying("Records of this kind of things.")),
                    new QueryParameter("user", Text(1).Saying("What this user did.")),
                    .. Pages.Parameters,
                ],
                Response = Components.PageOf("AuditRecord"),
            },
            new("GET", Item, "getAuditRecord", Access.Reader, "Read a record", GetAsync) { Response = "AuditRecord" },
        ];

    private Task<Answer> ListAsync(ManagementRequest request)
    {
        var filter = new AuditFilter
        {
            Source = request.Query.Text("source"),
            Type = request.Query.Text("type"),
            User = request.Query.Text("user"),
        };
        return Pages.ReadAsync(
            request,
            (limit, cursor) => audit.ListAsync(request.Tenant, filter, descending: true, limit, cursor, request.Cancellation),
            stored => AuditJson.ToObject(stored.Value)
        );
    }

    private async Task<Answer> GetAsync(ManagementRequest request)
    {
        var id = request.Path("id");
        var stored =
            await audit.FindAsync(request.Tenant, id, request.Cancellation) ?? throw DomainException.NotFound($"audit record '{id}'");
        return Answer.Ok(AuditJson.ToObject(stored.Value));
    }
}
