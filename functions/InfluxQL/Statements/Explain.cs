using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Statements;

/// <summary>EXPLAIN in the real server's layout. What it says of shards, files and caches this cloud has none of: a shard is a retention policy's measurement here.</summary>
internal static class Explain
{
    public static async ValueTask ExplainAsync(this StatementContext context, ExplainStatement explain)
    {
        var started = context.Time.GetTimestamp();
        var plan = await context.PlanAsync(explain.Statement with { Target = null });
        if (!explain.Analyze)
        {
            await context.TableAsync(Tables.Header(null, "QUERY PLAN"), Tables.Texts(Describe(plan)));
            return;
        }

        var planned = context.Time.GetElapsedTime(started);
        var counter = new RowCounter();
        var query = context.NewQuery();
        await context.Execute(plan, query, counter, context.Cancellation);
        var total = context.Time.GetElapsedTime(started);
        string[] lines =
        [
            ".",
            "└── select",
            $"    ├── execution_time: {Format(total - planned)}",
            $"    ├── planning_time: {Format(planned)}",
            $"    ├── total_time: {Format(total)}",
            $"    ├── statement: {plan.Statement}",
            $"    ├── series: {SeriesOf(plan)}",
            $"    ├── points: {query.Meter.PointsRead}",
            $"    └── rows: {counter.Rows}",
            "",
        ];
        await context.TableAsync(Tables.Header(null, "EXPLAIN ANALYZE"), Tables.Texts(lines));
    }

    private static IEnumerable<string> Describe(SelectPlan plan)
    {
        var refs = string.Join(", ", plan.Refs.Select(name => name.Ref));
        string?[] expressions = plan.Calls.Count == 0 ? [null] : [.. plan.Calls.Select(call => call.Call.ToString())];
        var isFirst = true;
        foreach (var expression in expressions)
        {
            if (!isFirst)
            {
                yield return "";
            }

            isFirst = false;
            yield return $"EXPRESSION: {expression ?? "<nil>"}";
            if (refs.Length > 0)
            {
                yield return $"AUXILIARY FIELDS: {refs}";
            }

            yield return $"NUMBER OF SHARDS: {MeasurementsOf(plan).Count()}";
            yield return $"NUMBER OF SERIES: {SeriesOf(plan)}";
            yield return "CACHED VALUES: 0";
            yield return "NUMBER OF FILES: 0";
            yield return "NUMBER OF BLOCKS: 0";
            yield return "SIZE OF BLOCKS: 0";
        }
    }

    private static long SeriesOf(SelectPlan plan) => MeasurementsOf(plan).Sum(source => (long)source.Series.Count);

    private static IEnumerable<MeasurementSource> MeasurementsOf(SelectPlan plan) =>
        plan.Sources.SelectMany(source =>
            source switch
            {
                MeasurementSource measurement => [measurement],
                SubQuerySource query => MeasurementsOf(query.Plan),
                _ => Enumerable.Empty<MeasurementSource>(),
            }
        );

    private static string Format(TimeSpan time) => GoDuration.Format(time.Ticks * 100);

    /// <summary>Counts rows and forgets them.</summary>
    private sealed class RowCounter : IResultSink
    {
        public long Rows { get; private set; }

        public ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
        {
            Rows += rows.Count;
            return ValueTask.CompletedTask;
        }

        public void Warn(string text) { }

        public ValueTask EndAsync(string? error, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
