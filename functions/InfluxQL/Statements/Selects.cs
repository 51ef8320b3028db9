using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Statements;

/// <summary>SELECT, and what it writes INTO a measurement.</summary>
internal static class Selects
{
    public static async ValueTask SelectAsync(this StatementContext context, SelectStatement select)
    {
        var plan = await context.PlanAsync(select);
        if (plan.Target is not { } target)
        {
            await context.Execute(plan, context.NewQuery(), context.Sink, context.Cancellation);
            return;
        }

        var database = await context.GetDatabaseAsync(target.Database);
        var into = new IntoWriter(context, context.PolicyOf(database, target.RetentionPolicy), target.Name);
        await context.Execute(plan, context.NewQuery(), into, context.Cancellation);
        await into.FlushAsync(context.Cancellation);
        await context.Sink.SeriesAsync(new SeriesHeader("result", null, ["time", "written"], true), context.Cancellation);
        var written = new RowBlock(1, new[] { 0L }, [Tables.Integers([into.Written])]);
        await context.Sink.RowsAsync(written, context.Cancellation);
    }

    public static ValueTask<SelectPlan> PlanAsync(this StatementContext context, SelectStatement select)
    {
        var plan = new PlanContext(context.Now, context.Request.Limits);
        return SelectPlanner.PlanAsync(select, new SourceResolver(context), plan, context.Cancellation);
    }

    public static QueryContext NewQuery(this StatementContext context) =>
        new(context.Tenant, context.Series, context.Now, context.Request.Limits, new QueryMeter(context.Request.Limits));
}
