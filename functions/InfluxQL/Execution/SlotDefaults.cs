using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>What stands in a row for a slot that has no value: nothing, the number of fill(), or with fill(previous) what stood in the row before.</summary>
internal sealed class SlotDefaults(SelectPlan plan, Fill fill)
{
    private readonly List<(string Slot, FieldType Type)> slots =
    [
        .. plan.Calls.Where(call => call.Type is not null).Select(call => (call.Slot, call.Type!.Value)),
        .. plan.Refs.Select(reference => (reference.Slot, Types.Of(reference.Ref.Type))),
    ];
    private readonly Dictionary<string, FieldValue> previous = new(StringComparer.Ordinal);

    public void Apply(Dictionary<string, Column> columns, int count)
    {
        if (fill.Option is not (FillOption.Number or FillOption.Previous))
        {
            return;
        }

        foreach (var (slot, type) in slots)
        {
            var column = columns.GetValueOrDefault(slot) ?? Column.Nothing(type, count);
            columns[slot] = fill.Option == FillOption.Previous ? CarryOn(slot, column) : WithNumber(column);
        }
    }

    private Column CarryOn(string slot, Column column)
    {
        var last = previous.GetValueOrDefault(slot);
        if (column.Absent.IsEmpty)
        {
            previous[slot] = column[column.Count - 1];
            return column;
        }

        var builder = new ColumnBuilder(column.Type, column.Count);
        for (var i = 0; i < column.Count; i++)
        {
            last = column.IsAbsent(i) ? last : column[i];
            builder.Add(last);
        }

        previous[slot] = last;
        return builder.ToColumn();
    }

    private Column WithNumber(Column column)
    {
        if (column.Absent.IsEmpty)
        {
            return column;
        }

        // Among strings and booleans the real server writes the number as it is.
        if (!Types.IsNumber(column.Type))
        {
            return column.ShowingInstead(FillValues.Cast(fill.Value!, fill.Value is IntegerLiteral ? FieldType.Integer : FieldType.Float));
        }

        var number = FillValues.Cast(fill.Value!, column.Type);
        var builder = new ColumnBuilder(column.Type, column.Count);
        for (var i = 0; i < column.Count; i++)
        {
            builder.Add(column.IsAbsent(i) ? number : column[i]);
        }

        return builder.ToColumn();
    }
}
