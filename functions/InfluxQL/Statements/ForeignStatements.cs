using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>What InfluxDB keeps and this cloud keeps elsewhere, or not at all: it shows as on a server that has none of it, and changing it says where it is kept.</summary>
internal static class ForeignStatements
{
    private const string Users = "users are not kept here: see /api/v1/users, where each has its roles";

    public static async ValueTask ShowAsync(this StatementContext context, ShowKind kind)
    {
        switch (kind)
        {
            case ShowKind.Users:
                await context.TableAsync(Tables.Header(null, "user", "admin"));
                break;
            case ShowKind.ContinuousQueries:
                await context.PerDatabaseAsync("name", "query");
                break;
            case ShowKind.Shards:
                await context.PerDatabaseAsync(
                    "id",
                    "database",
                    "retention_policy",
                    "shard_group",
                    "start_time",
                    "end_time",
                    "expiry_time",
                    "owners"
                );
                break;
            case ShowKind.ShardGroups:
                await context.TableAsync(
                    Tables.Header("shard groups", "id", "database", "retention_policy", "start_time", "end_time", "expiry_time")
                );
                break;
        }
    }

    /// <summary>Does nothing where nothing is to be done, as dropping what is not there.</summary>
    /// <exception cref="QueryException">The statement would change something that is not kept here.</exception>
    public static async ValueTask ChangeAsync(this StatementContext context, Statement statement)
    {
        switch (statement)
        {
            case ShowStatsStatement or ShowDiagnosticsStatement or DropShardStatement or DropContinuousQueryStatement:
                return;
            case ShowGrantsStatement:
                throw new QueryException("user not found");
            case CreateContinuousQueryStatement:
                throw new QueryException("continuous queries are not kept here: send SELECT … INTO when it is due");
            case CreateSubscriptionStatement:
                throw new QueryException("subscriptions are not kept here: see /api/v1/changes for what comes in");
            case DropSubscriptionStatement drop:
                context.PolicyOf(await context.GetDatabaseAsync(drop.Database), drop.RetentionPolicy);
                throw new QueryException("subscription not found");
            default:
                throw new QueryException(Users);
        }
    }

    private static async ValueTask PerDatabaseAsync(this StatementContext context, params string[] columns)
    {
        foreach (var database in await context.Databases.ListAsync(context.Tenant, context.Cancellation))
        {
            await context.TableAsync(Tables.Header(database.Name, columns));
        }
    }
}
