using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>distinct: each value once, in the order of the times at which they first came, those of one time in their own order. A point has that time.</summary>
internal sealed class DistinctReducer<T, TType> : Reducer
    where T : notnull
    where TType : struct, IValueType<T>
{
    private readonly Dictionary<T, long> seen = [];

    public override long Held => (long)seen.Count * (TType.Size + 24);

    public override void Add(Batch batch, int start, int end)
    {
        var values = TType.Read(batch.Columns[0]);
        var times = batch.Times.Span;
        for (var i = start; i < end; i++)
        {
            seen.TryAdd(values[i], times[i]);
        }
    }

    public override void Emit(PointWriter output)
    {
        var points = seen.ToArray();
        Array.Sort(points, Compare);
        foreach (var (value, time) in points)
        {
            output.Add(time);
            TType.Write(output.Value, value);
        }

        seen.Clear();
    }

    private static int Compare(KeyValuePair<T, long> left, KeyValuePair<T, long> right) =>
        left.Value != right.Value ? left.Value.CompareTo(right.Value)
        : TType.IsLess(left.Key, right.Key) ? -1
        : TType.IsLess(right.Key, left.Key) ? 1
        : 0;
}
