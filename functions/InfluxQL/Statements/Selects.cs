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
            await context.RunAsync(plan, context.Sink);
            return;
        }

        var database = await context.GetDatabaseAsync(target.Database);
        var into = new IntoWriter(context, context.PolicyOf(database, target.RetentionPolicy), target.Name);
        await context.RunAsync(plan, into);
        await into.FlushAsync(context.Cancellation);
        await context.Sink.SeriesAsync(new SeriesHeader("result", null, ["time", "written"], true), context.Cancellation);
        var written = new RowBlock(1, new[] { 0L }, [Tables.Integers([into.Written])]);
        await context.Sink.RowsAsync(written, context.Cancellation);
    }

    public static async ValueTask<SelectPlan> PlanAsync(this StatementContext context, SelectStatement select) =>
        await SelectPlanner.PlanAsync(
            select,
            new SourceResolver(context),
            new PlanContext(context.Now, context.Request.Limits),
            context.Cancellation
        );

    /// <summary>Runs a plan; returns what it has used.</summary>
    public static async ValueTask<QueryMeter> RunAsync(this StatementContext context, SelectPlan plan, IResultSink sink)
    {
        var meter = new QueryMeter(context.Request.Limits);
        var query = new QueryContext(context.Tenant, context.Series, context.Now, context.Request.Limits, meter);
        await context.Execute(plan, query, sink, context.Cancellation);
        return meter;
    }
}
