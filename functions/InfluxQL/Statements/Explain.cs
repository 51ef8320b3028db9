using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
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
            await context.TableAsync(Tables.Header(null, "QUERY PLAN"), Tables.Texts(Describe(plan, context.Now)));
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
            $"    ├── series: {SeriesOf(plan, context.Now)}",
            $"    ├── points: {query.Meter.PointsRead}",
            $"    └── rows: {counter.Rows}",
            "",
        ];
        await context.TableAsync(Tables.Header(null, "EXPLAIN ANALYZE"), Tables.Texts(lines));
    }

    /// <summary>What is read of each measurement for each call; what an outer SELECT makes of an inner one's rows reads nothing, and is not listed.</summary>
    private static IEnumerable<string> Describe(SelectPlan plan, long now)
    {
        var isFirst = true;
        foreach (var (reader, source) in MeasurementsOf(plan, now))
        {
            var refs = string.Join(", ", reader.Refs.Select(name => name.Ref));
            string?[] expressions = reader.Calls.Count == 0 ? [null] : [.. reader.Calls.Select(call => call.Call.ToString())];
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

                yield return "NUMBER OF SHARDS: 1";
                yield return $"NUMBER OF SERIES: {SeriesOf(reader, source)}";
                yield return "CACHED VALUES: 0";
                yield return "NUMBER OF FILES: 0";
                yield return "NUMBER OF BLOCKS: 0";
                yield return "SIZE OF BLOCKS: 0";
            }
        }
    }

    private static long SeriesOf(SelectPlan plan, long now) => MeasurementsOf(plan, now).Sum(read => SeriesOf(read.Reader, read.Source));

    /// <summary>The series with points in the time range that pass the condition on tags.</summary>
    private static long SeriesOf(SelectPlan reader, MeasurementSource source) =>
        MeasurementGroups.Of(source, reader.Condition, reader.Options).Sum(group => (long)group.Series.Count);

    /// <summary>The measurements, each with the SELECT that reads it, under the options that it has from those around it.</summary>
    private static IEnumerable<(SelectPlan Reader, MeasurementSource Source)> MeasurementsOf(SelectPlan plan, long now) =>
        plan.Sources.SelectMany(source =>
            source switch
            {
                MeasurementSource measurement => [(plan, measurement)],
                SubQuerySource { Plan: var inner } => MeasurementsOf(
                    inner with
                    {
                        Options = SubQueryReader.Inherit(inner, plan.Options, now),
                    },
                    now
                ),
                _ => Enumerable.Empty<(SelectPlan, MeasurementSource)>(),
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
