using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>Reads the sources of a SELECT as groups of points.</summary>
internal sealed class SourceReader(SelectPlan plan, StageOptions options, QueryContext query)
{
    public List<PointGroup> Groups(Demand demand) =>
        GroupOrder.Merge(
            plan.Sources.SelectMany(source => Of(source, demand)),
            MeasurementGroups.KeysOf(options),
            options,
            demand.Value is null ? Ties.ByStrings : Ties.ByStringsAlong
        );

    private IEnumerable<PointGroup> Of(PlannedSource source, Demand demand) =>
        source switch
        {
            SubQuerySource inner => OfSubQuery(inner.Plan, demand),
            _ => OfMeasurement((MeasurementSource)source, demand),
        };

    /// <summary>The inner's rows come window by window, and those of a window by group.</summary>
    private List<PointGroup> OfSubQuery(SelectPlan inner, Demand demand) =>
        GroupOrder.Merge(
            new SubQueryReader(inner, plan.Condition, options, query).Groups(demand),
            MeasurementGroups.KeysOf(options),
            options,
            inner.Calls.Count > 0 ? Ties.ByStream : Ties.ByHeap
        );

    private IEnumerable<PointGroup> OfMeasurement(MeasurementSource source, Demand demand)
    {
        foreach (var group in MeasurementGroups.Of(source, plan.Condition, options))
        {
            if (MeasurementGroups.Reads(group, demand) is { Count: > 0 } reads)
            {
                query.Meter.ReadSeries(reads.Count);
                var kept = group with { Series = reads };
                yield return new PointGroup(group.Name, group.Tags, () => MeasurementGroups.Open(kept, demand, options, query));
            }
        }
    }
}
