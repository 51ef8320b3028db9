using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Evaluation;

namespace Serverless.InfluxQL.Execution;

/// <summary>A column of a scan: a field as a type, or a value that is the same everywhere.</summary>
/// <param name="Name">The name that conditions know it by.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsField">Whether it is read.</param>
/// <param name="Constant">What it is where it is not read; null for absent.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScanColumn(string Name, FieldType Type, bool IsField, string? Constant)
{
    public static ScanColumn Field(string name, FieldType type) => new(name, type, true, null);

    public static ScanColumn Tag(string name, string? value) => new(name, FieldType.String, false, value);

    public static ScanColumn Absent(string name, FieldType type) => new(name, type, false, null);
}

/// <summary>Reads points of one series: fields aligned by time, what is left of the condition applied.</summary>
/// <param name="range">The series and the range.</param>
/// <param name="columns">The columns that come out.</param>
/// <param name="driver">Whether the first column must be there in every point; else any field must.</param>
/// <param name="conditionColumns">Further columns, for the condition only.</param>
/// <param name="condition">The condition on fields, or null.</param>
internal sealed class SeriesScan(SeriesRange range, ScanColumn[] columns, bool driver, ScanColumn[] conditionColumns, Expr? condition)
    : PointStream
{
    private readonly ScanColumn[] all = [.. columns, .. conditionColumns];
    private readonly Dictionary<(string, FieldType), FieldCursor> cursors = [];
    private readonly Column?[] constants = new Column?[columns.Length + conditionColumns.Length];
    private FieldCursor?[] cursorOf = [];
    private FieldCursor[] driving = [];
    private FieldCursor[] following = [];

    public override async ValueTask<Batch?> NextAsync(CancellationToken cancellation)
    {
        if (cursorOf.Length == 0)
        {
            Start(cancellation);
        }

        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await ReadAsync() is not { } batch)
            {
                return null;
            }

            if (Filter(batch) is { } passed)
            {
                return passed;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var cursor in cursors.Values)
        {
            await cursor.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private void Start(CancellationToken cancellation)
    {
        cursorOf = Array.ConvertAll(all, column => column.IsField ? Open(column, cancellation) : null);
        FieldCursor[] drivers = driver ? [cursorOf[0]!] : [.. cursorOf.Take(columns.Length).OfType<FieldCursor>()];
        driving = [.. drivers.Distinct()];
        following = [.. cursors.Values.Except(driving)];
    }

    private FieldCursor Open(ScanColumn column, CancellationToken cancellation)
    {
        ref var cursor = ref CollectionsMarshal.GetValueRefOrAddDefault(cursors, (column.Name, column.Type), out _);
        return cursor ??= new FieldCursor(range, column.Name, column.Type, cancellation);
    }

    private Batch? Filter(Batch batch)
    {
        if (condition is null)
        {
            return batch;
        }

        var passes = new bool[batch.Count];
        ConditionEvaluator.Evaluate(condition, name => Find(batch, name), batch.Count, passes);

        // Only what was read is copied: the rest is the same in every point.
        var fields = batch.Columns.Take(columns.Length).Where((_, i) => columns[i].IsField);
        if (new Batch(batch.Times, [.. fields]).Where(passes) is not { } passed)
        {
            return null;
        }

        var next = 0;
        var made = new Column[columns.Length];
        for (var i = 0; i < made.Length; i++)
        {
            made[i] = columns[i].IsField ? passed.Columns[next++] : Constant(i, passed.Count);
        }

        return new Batch(passed.Times, made);
    }

    private Column? Find(Batch batch, string name)
    {
        // The condition's own columns come last and have the types that it was checked with.
        var at = Array.FindLastIndex(all, column => column.Name == name);
        return at < 0 ? null : batch.Columns[at];
    }

    private async ValueTask<Batch?> ReadAsync()
    {
        foreach (var cursor in driving)
        {
            await cursor.LoadAsync();
        }

        foreach (var cursor in following)
        {
            await cursor.LoadAsync();
        }

        var lead = default(FieldCursor?);
        foreach (var cursor in driving)
        {
            lead = cursor.Ended ? lead : lead ?? cursor;
        }

        if (lead is null)
        {
            return null;
        }

        var aligned = Aligned(lead);
        return aligned > 0 ? Take(lead.Times[..aligned], cursor => cursor.Ended ? null : cursor.Take(aligned)) : await AlignAsync();
    }

    /// <summary>How many points all fields have at the same times, from here on; 0 where they differ at once.</summary>
    private int Aligned(FieldCursor lead)
    {
        var count = lead.Left;
        foreach (var cursor in cursors.Values)
        {
            if (!cursor.Ended)
            {
                count = Math.Min(count, cursor.Left);
            }
        }

        var times = lead.Times.Span[..count];
        foreach (var cursor in cursors.Values)
        {
            if (!ReferenceEquals(cursor, lead) && !cursor.Ended)
            {
                count = Math.Min(count, times.CommonPrefixLength(cursor.Times.Span));
            }
        }

        return count;
    }

    /// <summary>Goes through times that not all fields have, until all have the same again or enough are gathered.</summary>
    private async ValueTask<Batch> AlignAsync()
    {
        var times = new List<long>();
        var builders = cursors.Values.ToDictionary(cursor => cursor, cursor => new ColumnBuilder(cursor.Type));
        while (Step(times, builders))
        {
            foreach (var cursor in cursors.Values)
            {
                await cursor.LoadAsync();
            }
        }

        var made = builders.ToDictionary(pair => pair.Key, pair => pair.Value.ToColumn());
        return Take(times.ToArray(), cursor => made[cursor]);
    }

    /// <summary>Adds points until a chunk is used up, all is read or enough is gathered.</summary>
    /// <returns>Whether a chunk is used up.</returns>
    private bool Step(List<long> times, Dictionary<FieldCursor, ColumnBuilder> builders)
    {
        while (times.Count < Batches.Most && Next() is { } time)
        {
            foreach (var cursor in following)
            {
                if (!SkipTo(cursor, time))
                {
                    return true;
                }
            }

            times.Add(time);
            var usedUp = false;
            foreach (var (cursor, builder) in builders)
            {
                usedUp |= Add(cursor, builder, time);
            }

            if (usedUp)
            {
                return times.Count < Batches.Most;
            }
        }

        return false;
    }

    private long? Next()
    {
        var next = default(long?);
        foreach (var cursor in driving)
        {
            if (!cursor.Ended && (next is not { } time || (range.Ascending ? cursor.Time < time : cursor.Time > time)))
            {
                next = cursor.Time;
            }
        }

        return next;
    }

    /// <summary>Skips the points before a time.</summary>
    /// <returns>Whether the cursor stands at that time, behind it or at its end; it may be before it in a chunk that is not loaded.</returns>
    private bool SkipTo(FieldCursor cursor, long time)
    {
        while (cursor.Left > 0 && (range.Ascending ? cursor.Time < time : cursor.Time > time))
        {
            cursor.Skip(1);
        }

        return cursor.Left > 0 || cursor.Ended;
    }

    /// <returns>Whether the chunk is used up.</returns>
    private static bool Add(FieldCursor cursor, ColumnBuilder builder, long time)
    {
        if (cursor.Ended || cursor.Time != time)
        {
            builder.AddAbsent();
            return false;
        }

        builder.Add(cursor.Column, cursor.At);
        cursor.Skip(1);
        return cursor.Left == 0;
    }

    private Batch Take(ReadOnlyMemory<long> times, Func<FieldCursor, Column?> read)
    {
        var taken = cursors.Values.ToDictionary(cursor => cursor, read);
        var made = new Column[all.Length];
        for (var i = 0; i < made.Length; i++)
        {
            made[i] = cursorOf[i] is { } cursor ? taken[cursor] ?? Column.Nothing(all[i].Type, times.Length) : Constant(i, times.Length);
        }

        return new Batch(times, made);
    }

    /// <summary>A column that is not read, made once for the longest batch.</summary>
    private Column Constant(int number, int count)
    {
        if (constants[number] is not { } known || known.Count < count)
        {
            constants[number] = known = all[number].Constant is { } value
                ? Types.Constant(value, count)
                : Column.Nothing(all[number].Type, count);
        }

        return known.Slice(0, count);
    }
}
