using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Runs;

/// <summary>Groups points that know their columns: one counting sort.</summary>
internal static class BatchGrouper
{
    /// <param name="batch">The points; it is not mixed.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    public static RunPoints Group(PointBatch batch, int start, int count)
    {
        var columnOf = batch.ColumnNumbers.Slice(start, count);
        var counts = new int[batch.Columns.Count];
        foreach (var column in columnOf)
        {
            counts[column]++;
        }

        var run = new RunPoints();
        var targets = Lay(batch, counts, run);
        run.Times = GC.AllocateUninitializedArray<long>(count);
        Place(batch, start, columnOf, targets, run);
        return run;
    }

    /// <summary>Lays out the columns that have points, and the series that have columns.</summary>
    private static Target[] Lay(PointBatch batch, int[] counts, RunPoints run)
    {
        var targets = new Target[counts.Length];
        var numbers = new int[batch.Series.Count];
        var (timeStart, valueStarts) = (0, new int[5]);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
            {
                continue;
            }

            var (series, field, type) = batch.Columns[i];
            if (numbers[series] == 0)
            {
                run.Series.Add(batch.Series[series]);
                numbers[series] = run.Series.Count;
            }

            ref var valueStart = ref valueStarts[(int)type];
            run.Columns.Add(new RunColumn(numbers[series] - 1, field, type, timeStart, valueStart, counts[i]));
            targets[i] = new Target(timeStart, valueStart - timeStart, type);
            timeStart += counts[i];
            valueStart += counts[i];
        }

        for (var type = FieldType.Float; type <= FieldType.String; type++)
        {
            run.ValuesOf(type).Reserve(valueStarts[(int)type]);
        }

        return targets;
    }

    private static void Place(PointBatch batch, int start, ReadOnlySpan<int> columnOf, Span<Target> targets, RunPoints run)
    {
        var times = batch.Times.Slice(start, columnOf.Length);
        var bits = batch.Bits.Slice(start, columnOf.Length);
        var newTimes = run.Times.AsSpan();
        var floats = MemoryMarshal.Cast<double, long>(((FloatValues)run.ValuesOf(FieldType.Float)).Writable);
        var integers = ((IntegerValues)run.ValuesOf(FieldType.Integer)).Writable;
        var booleans = ((BooleanValues)run.ValuesOf(FieldType.Boolean)).Writable;
        var strings = ((StringValues)run.ValuesOf(FieldType.String)).Writable;
        for (var i = 0; i < columnOf.Length; i++)
        {
            ref var target = ref targets[columnOf[i]];
            var at = target.Next++;
            newTimes[at] = times[i];
            at += target.ToValue;
            switch (target.Type)
            {
                case FieldType.Float:
                    floats[at] = bits[i];
                    break;
                case FieldType.Integer:
                    integers[at] = bits[i];
                    break;
                case FieldType.Boolean:
                    booleans[at] = bits[i] != 0;
                    break;
                default:
                    strings[at] = batch.Texts[start + i] ?? "";
                    break;
            }
        }
    }

    /// <summary>Where the next point of a column goes among all times, and how much further among the values of its type.</summary>
    [StructLayout(LayoutKind.Auto)]
    private record struct Target(int Next, int ToValue, FieldType Type);
}
