using System.Globalization;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>The texts of EXPLAIN and EXPLAIN ANALYZE: the real server's layout with the lines that mean something here.</summary>
internal static class Explanation
{
    /// <summary>For each call (or for the fields of a raw select) and measurement: the series, the points in memory and the sealed blocks that it would look at.</summary>
    public static async Task<List<string>> OfPlanAsync(SelectPlan plan, QueryContext context, CancellationToken cancellation)
    {
        var lines = new List<string>();
        await AddAsync(lines, plan, SelectRunner.OptionsOf(plan), context, cancellation);
        return lines;
    }

    public static async Task<List<string>> OfRunAsync(
        SelectPlan plan,
        QueryContext context,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (series, points) = (context.Meter.SeriesRead, context.Meter.PointsRead);
        var start = time.GetTimestamp();
        var groups = new SelectStage(plan, SelectRunner.OptionsOf(plan), context).Rows();
        var planned = time.GetElapsedTime(start);
        var rows = 0L;
        foreach (var group in groups)
        {
            await using var stream = group.Open();
            while (await stream.NextAsync(cancellation) is { } batch)
            {
                rows += batch.Count;
            }
        }

        var total = time.GetElapsedTime(start);
        return
        [
            ".",
            "└── select",
            $"    ├── execution_time: {Duration(total - planned)}",
            $"    ├── planning_time: {Duration(planned)}",
            $"    ├── total_time: {Duration(total)}",
            "    └── build_cursor",
            "        ├── labels",
            $"        │   └── statement: {plan.Statement}",
            $"        ├── groups: {groups.Count}",
            $"        ├── rows: {rows}",
            $"        ├── cursors_ref: {context.Meter.SeriesRead - series}",
            $"        └── points_read: {context.Meter.PointsRead - points}",
            "",
        ];
    }

    private static async Task AddAsync(
        List<string> lines,
        SelectPlan plan,
        StageOptions options,
        QueryContext context,
        CancellationToken cancellation
    )
    {
        foreach (var source in plan.Sources)
        {
            if (source is SubQuerySource inner)
            {
                await AddAsync(lines, inner.Plan, SubQueryReader.Inherit(inner.Plan, options, context.Now), context, cancellation);
                continue;
            }

            SeriesGroup[] groups = [.. MeasurementGroups.Of((MeasurementSource)source, plan.Condition, options)];
            if (plan.Calls.Count == 0)
            {
                await AddAsync(lines, "<nil>", plan, new Demand(null, plan.Refs), groups, options, context, cancellation);
            }

            foreach (var call in plan.Calls)
            {
                var value = call.Call.Walk().OfType<VarRef>().First();
                await AddAsync(lines, call.Call.ToString(), plan, new Demand(value, plan.Refs), groups, options, context, cancellation);
            }
        }
    }

    private static async Task AddAsync(
        List<string> lines,
        string expression,
        SelectPlan plan,
        Demand demand,
        SeriesGroup[] groups,
        StageOptions options,
        QueryContext context,
        CancellationToken cancellation
    )
    {
        var (series, cached, blocks) = (0, 0L, 0L);
        foreach (var read in groups.SelectMany(group => MeasurementGroups.Reads(group, demand)))
        {
            series++;
            var range = new SeriesRange(context, read.Partition, read.Series, options.Start, options.End, Ascending: true);
            foreach (var field in demand.Names.Where(name => name.Type != DataType.Tag).Select(name => name.Name).Distinct())
            {
                await foreach (var chunk in range.Scan(field, cancellation))
                {
                    (cached, blocks) = chunk.Statistics is null ? (cached + chunk.Count, blocks) : (cached, blocks + 1);
                }
            }
        }

        if (lines.Count > 0)
        {
            lines.Add("");
        }

        lines.Add($"EXPRESSION: {expression}");
        if (plan.Refs.Count > 0)
        {
            lines.Add($"AUXILIARY FIELDS: {string.Join(", ", plan.Refs.Select(reference => reference.Ref.ToString()))}");
        }

        lines.Add($"NUMBER OF SERIES: {series}");
        lines.Add($"CACHED VALUES: {cached}");
        lines.Add($"NUMBER OF BLOCKS: {blocks}");
    }

    /// <summary>A duration as Go prints it, below a second.</summary>
    private static string Duration(TimeSpan time) =>
        time.TotalMilliseconds switch
        {
            < 1 => Number(time.TotalMicroseconds) + "µs",
            < 1000 => Number(time.TotalMilliseconds) + "ms",
            _ => Number(time.TotalSeconds) + "s",
        };

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
