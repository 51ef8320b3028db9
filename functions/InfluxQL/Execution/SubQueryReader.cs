using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>Reads the rows of an inner SELECT as the points of the outer.</summary>
/// <param name="inner">The inner SELECT.</param>
/// <param name="condition">The outer's condition.</param>
/// <param name="outer">The outer's options.</param>
/// <param name="query">What it runs with.</param>
internal sealed class SubQueryReader(SelectPlan inner, Expr? condition, StageOptions outer, QueryContext query)
{
    public IEnumerable<PointGroup> Groups(Demand demand)
    {
        var columns = demand.Names.Select(name => RowColumn.Find(name, inner)).ToArray();
        if (demand.Value is not null && !columns[0].Exists)
        {
            return [];
        }

        RowColumn[] tested = condition is null
            ? []
            : [.. condition.Walk().OfType<VarRef>().DistinctBy(name => name.Name).Select(name => RowColumn.FindTested(name, inner))];
        var rows = new SelectStage(inner, Inherit(inner, outer, query.Now), query).Rows();
        return rows.Select(group =>
            group with
            {
                Open = () => new RowPoints(group.Open(), group.Tags, columns, demand.Value is not null, tested, condition),
            }
        );
    }

    /// <summary>The options of an inner SELECT: its own within the outer's range, divided by the outer's tags too, in its order, by its windows where it has none.</summary>
    public static StageOptions Inherit(SelectPlan plan, StageOptions outer, long now)
    {
        var own = plan.Options;
        var end = Math.Min(own.End, outer.End);
        return own with
        {
            Start = Math.Max(own.Start, outer.Start),
            End = own.Interval != 0 && end >= Windowing.MaxTime ? now : end,
            Dimensions = outer.Dimensions,
            GroupBy = [.. own.GroupBy.Union(MeasurementGroups.KeysOf(outer)).Order(StringComparer.Ordinal)],
            Ascending = outer.Ascending,
            Series = new Page(own.Series.Limit + outer.Series.Limit, own.Series.Offset + outer.Series.Offset),
            Fill = plan.Calls.Count > 0 && own.Fill.Option == FillOption.Null ? new Fill(FillOption.None) : own.Fill,
            Interval = own.Interval == 0 ? outer.Interval : own.Interval,
            Offset = own.Interval == 0 ? outer.Offset : own.Offset,
        };
    }
}

/// <summary>Where a name of an outer SELECT is in the rows of the inner: a column, a tag, or nowhere.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type that the outer wants.</param>
/// <param name="Field">The position of the column; -1 for none.</param>
/// <param name="IsTag">Whether it is a tag that the inner groups by.</param>
internal sealed record RowColumn(string Name, FieldType Type, int Field, bool IsTag)
{
    public bool Exists => Field >= 0 || IsTag;

    public static RowColumn Find(VarRef name, SelectPlan inner)
    {
        var field = IndexOf(name.Name, inner);
        var isTag = field < 0 && inner.Statement.Dimensions.Any(dimension => dimension.Expr is VarRef tag && tag.Name == name.Name);
        return new RowColumn(name.Name, isTag ? FieldType.String : Types.Of(name.Type), field, isTag);
    }

    /// <summary>In a condition, what is no column is a tag, which may be missing.</summary>
    public static RowColumn FindTested(VarRef name, SelectPlan inner)
    {
        var field = IndexOf(name.Name, inner);
        return new RowColumn(name.Name, field < 0 ? FieldType.String : Types.Of(name.Type), field, field < 0);
    }

    public Column Of(Batch rows, GroupTags tags)
    {
        if (IsTag)
        {
            return Types.Constant(tags[Name], rows.Count);
        }

        return Field >= 0 && Types.CanCast(rows.Columns[Field].Type, Type)
            ? Types.Cast(rows.Columns[Field], Type)
            : Column.Nothing(Type, rows.Count);
    }

    private static int IndexOf(string name, SelectPlan inner)
    {
        for (var i = 0; i < inner.Fields.Count; i++)
        {
            if (inner.Fields[i].OuterName == name)
            {
                return i;
            }
        }

        return -1;
    }
}
