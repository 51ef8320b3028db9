using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Syntax;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>DELETE, DROP SERIES, DROP MEASUREMENT: in all retention policies of the request's database.</summary>
internal static class Deletions
{
    public static async ValueTask DeleteAsync(this StatementContext context, DeleteStatement delete)
    {
        var database = await context.TargetAsync();
        var (condition, range) = new TimeConditions(null, context.Now).Split(delete.Condition);
        var from = range.Min is { } min ? (long)Int128.Clamp(min, long.MinValue, long.MaxValue) : long.MinValue;
        var to = range.Max is { } max && max < long.MaxValue ? (long)Int128.Max(max + 1, long.MinValue) : long.MaxValue;
        await context.EraseAsync(database, SeriesCatalogue.NameTest(delete.Sources), condition, from, to);
    }

    public static async ValueTask DropSeriesAsync(this StatementContext context, DropSeriesStatement drop)
    {
        if (drop.Condition.HasTime())
        {
            throw new QueryException("DROP SERIES doesn't support time in WHERE clause");
        }

        var database = await context.TargetAsync();
        var (condition, _) = new TimeConditions(null, context.Now).Split(drop.Condition);
        await context.EraseAsync(database, SeriesCatalogue.NameTest(drop.Sources), condition, long.MinValue, long.MaxValue);
    }

    public static async ValueTask DropMeasurementAsync(this StatementContext context, DropMeasurementStatement drop)
    {
        await context.EraseAsync(await context.TargetAsync(), name => name == drop.Name, null, long.MinValue, long.MaxValue);
    }

    /// <summary>Unlike reading statements, these do not ask for a database's name.</summary>
    private static async ValueTask<Database> TargetAsync(this StatementContext context) =>
        await context.Databases.FindAsync(context.Tenant, context.Request.Database, context.Cancellation)
        ?? throw new QueryException($"database not found: {context.Request.Database}");

    /// <summary>Erases the points of the series that pass, with from ≤ time &lt; to. What passes is known before the first is erased.</summary>
    private static async ValueTask EraseAsync(
        this StatementContext context,
        Database database,
        Func<string, bool> isWanted,
        Expr? condition,
        long from,
        long to
    )
    {
        // The real server takes a comparison of another kind for !=, which would erase what nobody asked for.
        TagCondition.CheckOperators(condition);
        var series = new List<FoundSeries>();
        foreach (var policy in database.Policies)
        {
            var all = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, null, null, context.Cancellation);
            series.AddRange(all.Where(one => DeviceNames.IsDoomed(policy, one, isWanted)).Select(one => new FoundSeries(policy, one)));
        }

        var tags = new TagCondition(condition, series.Select(one => one.Info), PointComparison.Refused);
        var doomed = series.Where(one => tags.Matches(one.Info) && one.Info.MinTime < to && one.Info.MaxTime >= from).ToList();
        foreach (var (policy, selector) in doomed.Select(one => (one.Policy, SelectorOf(one.Info, condition))).Distinct())
        {
            await context.Series.DeleteAsync(context.Tenant, policy.Partition, selector, from, to, context.Cancellation);
        }
    }

    /// <summary>What selects a series that passes: with others that pass too where that can be said, so that there is one deletion for all of them.</summary>
    private static SeriesSelector SelectorOf(SeriesInfo series, Expr? condition) =>
        condition is null ? new SeriesSelector(series.Measurement)
        : EqualTags(condition) is { } tags ? new SeriesSelector(series.Measurement, tags)
        : new SeriesSelector(series.Measurement, series.Tags, IsWhole: true);

    /// <summary>The tags of a condition that asks for nothing but tags that are equal to texts; else null.</summary>
    private static TagSet? EqualTags(Expr condition)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Stack<Expr>([condition]);
        while (open.TryPop(out var next))
        {
            switch (next)
            {
                case ParenExpr paren:
                    open.Push(paren.Inner);
                    break;
                case BinaryExpr { Operator: Token.And } and:
                    open.Push(and.Left);
                    open.Push(and.Right);
                    break;
                case BinaryExpr { Operator: Token.Eq, Left: VarRef tag, Right: StringLiteral { Value.Length: > 0 } text }
                    when tag.Name != TagCondition.MeasurementName && tags.TryAdd(tag.Name, text.Value):
                    break;
                default:
                    return null;
            }
        }

        return TagSet.Of([.. tags]);
    }
}
