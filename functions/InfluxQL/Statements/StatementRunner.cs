using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>Runs one statement of any kind.</summary>
internal static class StatementRunner
{
    /// <exception cref="QueryException">It cannot be run; so for <see cref="Domain.DomainException"/>.</exception>
    public static async ValueTask RunAsync(this StatementContext context, Statement statement)
    {
        statement = await context.NormalizeAsync(statement);
        await context.DispatchAsync(statement);
        if (context.Request.IsReadOnly && Changes(statement))
        {
            context.Sink.Warn($"deprecated use of '{statement}' in a read only context, please use a POST request instead");
        }
    }

    private static async ValueTask DispatchAsync(this StatementContext context, Statement statement)
    {
        switch (statement)
        {
            case SelectStatement select:
                await context.SelectAsync(select);
                break;
            case ExplainStatement explain:
                await context.ExplainAsync(explain);
                break;
            case ShowStatement { Kind: ShowKind.Databases }:
                await context.ShowDatabasesAsync();
                break;
            case ShowStatement { Kind: ShowKind.Queries }:
                await context.ShowQueriesAsync();
                break;
            case ShowStatement show:
                await context.ShowAsync(show.Kind);
                break;
            case ShowRetentionPoliciesStatement show:
                await context.ShowPoliciesAsync(show.Database);
                break;
            case ShowMeasurementsStatement show:
                await context.ShowMeasurementsAsync(show);
                break;
            case ShowSeriesStatement show:
                await context.ShowSeriesAsync(show);
                break;
            case ShowTagKeysStatement show:
                await context.ShowTagKeysAsync(show);
                break;
            case ShowTagValuesStatement show:
                await context.ShowTagValuesAsync(show);
                break;
            case ShowFieldKeysStatement show:
                await context.ShowFieldKeysAsync(show);
                break;
            case ShowCardinalityStatement show:
                await context.ShowCardinalityAsync(show);
                break;
            case DeleteStatement delete:
                await context.DeleteAsync(delete);
                break;
            case DropSeriesStatement drop:
                await context.DropSeriesAsync(drop);
                break;
            case DropMeasurementStatement drop:
                await context.DropMeasurementAsync(drop);
                break;
            case CreateDatabaseStatement create:
                await context.CreateDatabaseAsync(create);
                break;
            case DropDatabaseStatement drop:
                await context.Databases.DropAsync(context.Tenant, drop.Name, context.Cancellation);
                break;
            case CreateRetentionPolicyStatement create:
                await context.CreatePolicyAsync(create);
                break;
            case AlterRetentionPolicyStatement alter:
                await context.AlterPolicyAsync(alter);
                break;
            case DropRetentionPolicyStatement drop:
                await context.Databases.DropPolicyAsync(context.Tenant, drop.Database, drop.Name, context.Cancellation);
                break;
            case KillQueryStatement kill:
                context.Queries.Kill(kill.Id);
                break;
            default:
                await context.ChangeAsync(statement);
                break;
        }
    }

    private static async ValueTask<Statement> NormalizeAsync(this StatementContext context, Statement statement)
    {
        switch (statement)
        {
            case SelectStatement select:
                SystemSources.Refuse(select);
                return await Normalizer.NormalizeAsync(context, select);
            case ExplainStatement explain:
                return explain with { Statement = await Normalizer.NormalizeAsync(context, explain.Statement) };
            default:
                return statement;
        }
    }

    /// <summary>What the real server warns of in a GET.</summary>
    private static bool Changes(Statement statement) =>
        statement
            is CreateDatabaseStatement
                or DropDatabaseStatement
                or CreateRetentionPolicyStatement
                or AlterRetentionPolicyStatement
                or DropRetentionPolicyStatement
                or DropMeasurementStatement
                or DropSeriesStatement
                or DropShardStatement
                or DropContinuousQueryStatement
                or SelectStatement { Target: not null };
}
