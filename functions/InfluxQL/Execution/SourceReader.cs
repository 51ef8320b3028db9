using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>Reads the sources of a SELECT as groups of points.</summary>
/// <param name="plan">The SELECT.</param>
/// <param name="options">Its options.</param>
/// <param name="query">What it runs with.</param>
/// <param name="page">Which points of each group of a measurement are read; null for all.</param>
internal sealed class SourceReader(SelectPlan plan, StageOptions options, QueryContext query, Page? page)
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

    /// <summary>
    /// The inner's rows come window by window, and those of a window by group, in ascending order of tags: all of a group's before the next group's where there is but one window.
    /// </summary>
    private List<PointGroup> OfSubQuery(SelectPlan inner, Demand demand)
    {
        var groups = new SubQueryReader(inner, plan.Condition, options, query).Groups(demand);
        if (inner.Calls.Count == 0)
        {
            return GroupOrder.Merge(groups, MeasurementGroups.KeysOf(options), options, Ties.ByHeap);
        }

        var isOneWindow = demand.Value is null && inner is { IsSelector: true, Options.Interval: 0 } && options.Interval == 0;
        return GroupOrder.Merge(
            options.Ascending ? groups : groups.Reverse(),
            MeasurementGroups.KeysOf(options),
            options,
            isOneWindow ? null : Ties.ByStream
        );
    }

    private IEnumerable<PointGroup> OfMeasurement(MeasurementSource source, Demand demand)
    {
        foreach (var group in MeasurementGroups.Of(source, plan.Condition, options))
        {
            if (MeasurementGroups.Reads(group, demand) is { Count: > 0 } reads)
            {
                query.Meter.ReadSeries(reads.Count);
                var kept = group with { Series = reads };
                yield return new PointGroup(
                    group.Name,
                    group.Tags,
                    () =>
                    {
                        var points = MeasurementGroups.Open(kept, demand, options, query);
                        return page is { } part ? new LimitStream(points, part) : points;
                    }
                );
            }
        }
    }
}
