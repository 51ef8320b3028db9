using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>mode: the most frequent value; of several the greatest whose first point is not after the last of the one before it. Where no value comes twice, the least.</summary>
internal sealed class ModeReducer<T, TType> : Reducer
    where TType : struct, IValueType<T>
{
    private readonly RankedValues<T, TType> values = new();

    public override long Held => values.Held;

    public override void Add(Batch batch, int start, int end) => values.Add(batch, start, end);

    public override void Emit(PointWriter output)
    {
        var sorted = values.Sort();
        var best = 0;
        var bestLength = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && TType.IsEqual(sorted[end].Value, sorted[start].Value))
            {
                end++;
            }

            // A value that stands alone counts only where it is the least of all.
            var length = end - start;
            if (
                start == 0
                || (
                    length > 1
                    && (length > bestLength || (length == bestLength && TimeOf(sorted[start]) <= TimeOf(sorted[best + bestLength - 1])))
                )
            )
            {
                (best, bestLength) = (start, length);
            }
        }

        output.Add(PointWriter.NoTime);
        TType.Write(output.Value, sorted[best].Value);
        values.Clear();
    }

    private long TimeOf((T Value, int Number) ranked) => values.PointOf(ranked.Number).Time;
}

/// <summary>mode of booleans: true where both are as frequent.</summary>
internal sealed class BooleanModeReducer : Reducer
{
    private long yes;
    private long no;

    public override void Add(Batch batch, int start, int end)
    {
        var count = batch.Columns[0].Booleans[start..end].Count(true);
        yes += count;
        no += end - start - count;
    }

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        output.Value.Add(yes >= no);
        (yes, no) = (0, 0);
    }
}
