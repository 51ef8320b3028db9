using System.Text.Json.Nodes;
using Serverless.Dialects.Management.Routing;
using Serverless.Domain.Changes;
using Serverless.Domain.Users;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Resources;

/// <summary>The log of a tenant's changes by long polling. Readings are logged only while somebody polls for them, and a lease beyond.</summary>
internal sealed class ChangeRoutes(ChangeLog log, Listeners listeners, TimeProvider time)
{
    private const string Measurements = "measurements";

    public IEnumerable<ManagementRoute> All() =>
        [
            new("GET", "/changes", "pollChanges", Access.Reader, "Read changes, waiting for one where there is none yet", PollAsync)
            {
                Query =
                [
                    new QueryParameter(
                        "after",
                        Integer(0).Saying("The member next of the poll before; 0 for all that is kept; else what comes from now on.")
                    ),
                    new QueryParameter("wait", Integer(0, 60).Default(0).Saying("Seconds to wait.")),
                    new QueryParameter(
                        "kinds",
                        Text(1).Saying("Kinds with commas between, such as devices,measurements; else every kind.")
                    ),
                    new QueryParameter("source", Text(1).Saying("Only changes of the device of this id.")),
                    QueryParameters.Limit,
                ],
                Response = "Changes",
            },
        ];

    private async Task<Answer> PollAsync(ManagementRequest request)
    {
        var kinds = request.Query.Text("kinds")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var source = request.Query.Text("source");
        if (kinds is null || kinds.Contains(Measurements))
        {
            // One listener for each user and source: polling again renews it.
            var id = $"management-{TokenHash.Of($"{request.Caller.Tenant}\n{request.Caller.User}\n{source}")[..32]}";
            await listeners.ListenAsync(request.Tenant, id, Measurements, source, request.Cancellation);
        }

        var after = request.Query.Long("after") ?? await log.GetLastAsync(request.Tenant, request.Cancellation);
        var (items, next) = await ReadAsync(
            request,
            after,
            change => (kinds is null || kinds.Contains(change.Kind)) && (source is null || source == change.Source)
        );
        return Answer.Ok(new JsonObject { ["items"] = new JsonArray([.. items.Select(Show)]), ["next"] = next });
    }

    private async Task<(IReadOnlyList<LoggedChange> Items, long Next)> ReadAsync(
        ManagementRequest request,
        long after,
        Func<LoggedChange, bool> isWanted
    )
    {
        var limit = request.Query.Integer(QueryParameters.Limit.Name, 100);
        var deadline = time.GetUtcNow() + TimeSpan.FromSeconds(request.Query.Integer("wait", 0));
        while (true)
        {
            var left = deadline - time.GetUtcNow();
            var changes = await log.WaitAsync(request.Tenant, after, limit, left, request.Cancellation);
            after = changes.Count > 0 ? changes[^1].Sequence : after;
            var wanted = changes.Where(isWanted).ToList();
            if (wanted.Count > 0 || changes.Count == 0)
            {
                return (wanted, after);
            }
        }
    }

    private static JsonObject Show(LoggedChange change) =>
        new()
        {
            ["sequence"] = change.Sequence,
            ["time"] = change.Time,
            ["kind"] = change.Kind,
            ["source"] = change.Source,
            ["action"] = change.Action,
            ["body"] = change.Body.DeepClone(),
        };
}
