using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Statements;

/// <summary>Which rights statements require. The real server wants an administrator for CREATE DATABASE and DROP MEASUREMENT; here who may write may do both.</summary>
internal static class Authorizer
{
    /// <exception cref="QueryForbiddenException">A statement requires a right that the request does not have.</exception>
    public static void Check(QueryRequest request)
    {
        foreach (var statement in request.Statements)
        {
            foreach (var (right, database) in RequiredBy(statement))
            {
                if (!request.Rights.HasFlag(right))
                {
                    throw new QueryForbiddenException(Refuse(request, statement, right, database));
                }
            }
        }
    }

    private static string Refuse(QueryRequest request, Statement statement, QueryRights right, string? database)
    {
        var on = string.IsNullOrEmpty(database) ? request.Database : database;
        var wanted = right switch
        {
            QueryRights.Read => $"READ on {on}",
            QueryRights.Write => $"WRITE on {on}",
            _ => "admin privilege",
        };
        return $"{request.User} not authorized to execute statement '{statement}', requires {wanted}";
    }

    /// <summary>The rights, each with its database, or null for the request's.</summary>
    private static IEnumerable<(QueryRights Right, string? Database)> RequiredBy(Statement statement) =>
        statement switch
        {
            SelectStatement select => OfSelect(select),
            ExplainStatement explain => OfSelect(explain.Statement),
            ShowStatement { Kind: ShowKind.Databases } => [],
            ShowStatement { Kind: ShowKind.Queries or ShowKind.ContinuousQueries } => [(QueryRights.Read, null)],
            ShowRetentionPoliciesStatement show => [(QueryRights.Read, show.Database)],
            ShowMeasurementsStatement show => [(QueryRights.Read, show.Database)],
            ShowSeriesStatement show => [(QueryRights.Read, show.Database)],
            ShowTagKeysStatement show => [(QueryRights.Read, show.Database)],
            ShowTagValuesStatement show => [(QueryRights.Read, show.Database)],
            ShowFieldKeysStatement show => [(QueryRights.Read, show.Database)],
            ShowCardinalityStatement show => [(QueryRights.Read, show.Database)],
            CreateDatabaseStatement create => [(QueryRights.Write, create.Name)],
            DeleteStatement or DropSeriesStatement or DropMeasurementStatement => [(QueryRights.Write, null)],
            _ => [(QueryRights.Manage, null)],
        };

    private static IEnumerable<(QueryRights Right, string? Database)> OfSelect(SelectStatement select)
    {
        foreach (var source in select.Sources)
        {
            switch (source)
            {
                case Measurement measurement:
                    yield return (QueryRights.Read, measurement.Database);
                    break;
                case SubQuery query:
                    foreach (var required in OfSelect(query.Statement))
                    {
                        yield return required;
                    }

                    break;
            }
        }

        if (select.Target is not null)
        {
            yield return (QueryRights.Write, select.Target.Database);
        }
    }
}
