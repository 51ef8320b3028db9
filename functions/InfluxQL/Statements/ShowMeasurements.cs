using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>SHOW MEASUREMENTS: of all retention policies of a database.</summary>
internal static class ShowMeasurements
{
    public static async ValueTask ShowMeasurementsAsync(this StatementContext context, ShowMeasurementsStatement show)
    {
        if (show.Condition.HasTime())
        {
            throw new QueryException("SHOW MEASUREMENTS doesn't support time in WHERE clause");
        }

        var name = context.DatabaseOf(show.Database);
        if (name.Length == 0)
        {
            throw new QueryException("database name required");
        }

        // A database that does not exist has no measurements: the real server makes no error of it.
        var matches = MeasurementCondition.Compile(show.Condition);
        var isWanted = SeriesCatalogue.NameTest(show.Source is null ? [] : [show.Source]);
        if (await context.Databases.FindAsync(context.Tenant, name, context.Cancellation) is not { } database)
        {
            return;
        }

        var series = await context.FindSeriesAsync(database, isWanted);
        var names = series
            .GroupBy(found => found.Info.Measurement, found => found.Info)
            .Where(measurement => matches([.. measurement]))
            .Select(measurement => measurement.Key);
        var page = show.Rows.Of([.. names]);
        if (page.Count > 0)
        {
            await context.TableAsync(Tables.Header("measurements", "name"), Tables.Texts(page));
        }
    }

    /// <summary>Whether the condition compares something with time.</summary>
    public static bool HasTime(this Expr? condition) =>
        condition?.Walk().OfType<BinaryExpr>().Any(compare => IsTime(compare.Left) || IsTime(compare.Right)) == true;

    private static bool IsTime(Expr expr) => expr is VarRef name && name.Name.Equals("time", StringComparison.OrdinalIgnoreCase);
}
