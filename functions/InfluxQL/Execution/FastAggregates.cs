using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Functions;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>The short way of simple aggregates over measurements: each series goes into buckets by itself, chunk by chunk, without a merge by time.</summary>
internal static class FastAggregates
{
    /// <summary>The groups of a call's points, or null where it must go the long way: its points bring others along, a condition is on fields, the function is another, it selects in windows of a zone, or a source is a SELECT.</summary>
    public static List<PointGroup>? TryMake(SelectPlan plan, Call call, StageOptions stage, QueryContext query)
    {
        if (
            plan.Refs.Count > 0
            || call.Arguments is not [VarRef name]
            || !Takes(call.Name, name.Type, stage)
            || !plan.Sources.All(source => source is MeasurementSource)
            || (new Windowing(stage) is { HasZone: true, Interval: > 0 } && FunctionFactory.KindOf(call.Name) == FunctionKind.Selector)
        )
        {
            return null;
        }

        // first and last of the whole range find their series in the order in which they would be merged for it.
        var order = stage.Interval == 0 && call.Name is "first" or "last" ? stage with { Ascending = call.Name == "first" } : stage;
        var found = new Dictionary<(string, GroupTags), List<SeriesRead>>();
        foreach (var source in plan.Sources.Cast<MeasurementSource>())
        {
            foreach (var group in MeasurementGroups.Of(source, plan.Condition, order))
            {
                var reads = MeasurementGroups.Reads(group, new Demand(name, []));
                if (reads.Exists(read => read.Condition is not null))
                {
                    return null;
                }

                if (found.TryGetValue((group.Name, group.Tags), out var known))
                {
                    known.AddRange(reads);
                }
                else if (reads.Count > 0)
                {
                    found.Add((group.Name, group.Tags), reads);
                }
            }
        }

        query.Meter.ReadSeries(found.Values.Sum(reads => reads.Count));
        var groups = found.Select(pair => new PointGroup(
            pair.Key.Item1,
            pair.Key.Item2,
            () => Open(call.Name, new FieldRead(query, pair.Value, name.Name, Types.Of(name.Type), stage), plan.IsSelector)
        ));
        return GroupOrder.Sort(groups, stage);
    }

    private static bool Takes(string function, DataType type, StageOptions stage) =>
        function switch
        {
            "count" => type is not (DataType.Tag or DataType.Unknown),
            "first" or "last" when stage.Interval == 0 => type is not (DataType.Tag or DataType.Unknown),
            "sum" or "mean" or "min" or "max" or "first" or "last" or "spread" => type is DataType.Float or DataType.Integer,
            _ => false,
        };

    private static PointStream Open(string function, FieldRead read, bool isSelector)
    {
        var ownTime = isSelector && read.Stage.Interval == 0;
        return function switch
        {
            "first" or "last" when read.Stage.Interval == 0 => new EndPointStream(read, function == "last", ownTime),
            "min" or "max" when ownTime => new ExtremePointStream(read, function == "max"),
            _ => new BucketStream(read, Buckets.Of(function, read.Type, read.Stage.Ascending)),
        };
    }
}

/// <summary>One field of the series of a group, to be read as one type.</summary>
internal sealed record FieldRead(QueryContext Query, IReadOnlyList<SeriesRead> Series, string Field, FieldType Type, StageOptions Stage)
{
    /// <summary>The time of what stands for the whole range: 1970 where that has no beginning.</summary>
    public long WholeTime => Windowing.TimeOf(Stage.Start);

    public SeriesRange Range(SeriesRead read, long from, long last, bool ascending = true) =>
        new(Query, read.Series, from, last, ascending);

    public SeriesRange Range(SeriesRead read, bool ascending = true) => Range(read, Stage.Start, Stage.End, ascending);
}
