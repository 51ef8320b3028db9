using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Evaluation;
using Serverless.InfluxQL.Planning;

namespace Serverless.InfluxQL.Execution;

/// <summary>Makes the rows of one group: puts the points of all calls of one time side by side and evaluates the fields over them.</summary>
/// <param name="plan">The SELECT.</param>
/// <param name="options">Its options.</param>
/// <param name="slots">For each part the names of its columns.</param>
/// <param name="parts">The points of each call, or those of a raw select alone; null where a call has no points in this group.</param>
internal sealed class RowStream(SelectPlan plan, StageOptions options, List<string[]> slots, PointStream?[] parts) : PointStream
{
    private readonly SlotDefaults defaults = new(plan, options.Fill);
    private readonly Batch?[] loaded = new Batch?[parts.Length];
    private readonly int[] at = new int[parts.Length];
    private readonly bool[] ended = new bool[parts.Length];

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (loaded[i] is null && !ended[i])
            {
                loaded[i] = parts[i] is { } part ? await part.NextAsync(cancellation) : null;
                (at[i], ended[i]) = (0, loaded[i] is null);
            }
        }

        return Array.TrueForAll(ended, end => end) ? null : Fields(Take());
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var part in parts)
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        await base.DisposeAsync();
    }

    /// <summary>The next rows over slots.</summary>
    private Slots Take()
    {
        var lead = Array.FindIndex(loaded, batch => batch is not null);
        var same = Aligned(lead);
        if (same == 0)
        {
            return Combine();
        }

        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        var times = loaded[lead]!.Times.Slice(at[lead], same);
        for (var i = 0; i < parts.Length; i++)
        {
            for (var column = 0; loaded[i] is { } batch && column < slots[i].Length; column++)
            {
                columns[slots[i][column]] = batch.Columns[column].Slice(at[i], same);
            }

            Skip(i, same);
        }

        return new Slots(times, columns);
    }

    /// <summary>How many points all parts that have not ended have at the same times.</summary>
    private int Aligned(int lead)
    {
        var times = loaded[lead]!.Times.Span[at[lead]..];
        for (var i = 0; i < parts.Length; i++)
        {
            if (i != lead && loaded[i] is { } batch)
            {
                times = times[..times.CommonPrefixLength(batch.Times.Span[at[i]..])];
            }
        }

        return times.Length;
    }

    /// <summary>Rows whose times not all parts have, until one of the parts must be loaded.</summary>
    private Slots Combine()
    {
        var builders = new ColumnBuilder?[parts.Length];
        var times = new List<long>();
        do
        {
            var time = Next();
            times.Add(time);
            for (var i = 0; i < parts.Length; i++)
            {
                var here = loaded[i] is { } batch && batch.Times.Span[at[i]] == time;
                var builder = builders[i] ??= loaded[i] is { } typed ? new ColumnBuilder(typed.Columns[0].Type) : null;
                if (here)
                {
                    builder!.Add(loaded[i]!.Columns[0], at[i]);
                    Skip(i, 1);
                }
                else
                {
                    builder?.AddAbsent();
                }
            }
        } while (times.Count < Batches.Most && Enumerable.Range(0, parts.Length).All(i => ended[i] || loaded[i] is not null));

        var columns = new Dictionary<string, Column>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++)
        {
            if (builders[i] is { } builder)
            {
                columns[slots[i][0]] = builder.ToColumn();
            }
        }

        return new Slots(times.ToArray(), columns);
    }

    private long Next()
    {
        var next = default(long?);
        for (var i = 0; i < parts.Length; i++)
        {
            if (
                loaded[i] is { } batch
                && (next is not { } time || (options.Ascending ? batch.Times.Span[at[i]] < time : batch.Times.Span[at[i]] > time))
            )
            {
                next = batch.Times.Span[at[i]];
            }
        }

        return next!.Value;
    }

    private void Skip(int part, int count)
    {
        if (loaded[part] is { } batch)
        {
            at[part] += count;
            loaded[part] = at[part] == batch.Count ? null : batch;
        }
    }

    private Batch Fields(Slots rows)
    {
        defaults.Apply(rows.Columns, rows.Times.Length);
        var fields = new Column[plan.Fields.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Field(plan.Fields[i], rows);
        }

        return new Batch(rows.Times, fields);
    }

    private static Column Field(PlannedField field, Slots rows)
    {
        var count = rows.Times.Length;
        return field.Expr is VarRef name ? rows.Columns.GetValueOrDefault(name.Name) ?? Column.Nothing(field.Type ?? FieldType.Float, count)
            : field.Type is null ? Column.Nothing(FieldType.Float, count)
            : ColumnEvaluator.Evaluate(field.Expr, slot => rows.Columns.GetValueOrDefault(slot), count);
    }

    private readonly record struct Slots(ReadOnlyMemory<long> Times, Dictionary<string, Column> Columns);
}
