using Serverless.InfluxQL.Printing;

namespace Serverless.InfluxQL.Statements;

/// <summary>The tenant's running requests.</summary>
internal static class QueryStatements
{
    public static async ValueTask ShowQueriesAsync(this StatementContext context)
    {
        var queries = context.Queries.All.ToList();
        await context.TableAsync(
            Tables.Header(null, "qid", "query", "database", "duration", "status"),
            Tables.Integers(queries.Select(query => (long)query.Id)),
            Tables.Texts(queries.Select(query => Printer.Print(query.Request.Statements))),
            Tables.Texts(queries.Select(query => query.Request.Database)),
            Tables.Texts(queries.Select(query => GoDuration.Format(Rounded(query.Elapsed)))),
            Tables.Texts(queries.Select(query => query.IsKilled ? "killed" : "running"))
        );
    }

    /// <summary>Nanoseconds in whole seconds, else whole milliseconds, else whole microseconds.</summary>
    private static long Rounded(TimeSpan elapsed)
    {
        var nanoseconds = elapsed.Ticks * 100;
        var unit = nanoseconds switch
        {
            >= 1_000_000_000 => 1_000_000_000,
            >= 1_000_000 => 1_000_000,
            _ => 1_000,
        };
        return nanoseconds - (nanoseconds % unit);
    }
}
