using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>top and bottom: a number of points with the greatest or the least values, of equal ones the earlier; given in order of time, those of one time the best first.</summary>
/// <param name="limit">How many.</param>
/// <param name="atTop">Whether the greatest are sought.</param>
/// <param name="tags">The positions of the columns whose values tell combinations apart, of each of which only the best point counts; empty for all points.</param>
internal sealed class TopReducer<T, TType>(int limit, bool atTop, int[] tags) : Reducer
    where TType : struct, IValueType<T>
{
    private readonly List<PointRef> heap = [];
    private readonly Dictionary<string, PointRef> best = new(StringComparer.Ordinal);

    public override long Held => 24L * (heap.Count + (best.Count * 3));

    public override void Add(Batch batch, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var point = new PointRef(batch, i);
            if (tags.Length > 0)
            {
                KeepBest(point);
            }
            else
            {
                Offer(point);
            }
        }
    }

    public override void Emit(PointWriter output)
    {
        foreach (var (_, point) in best.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Offer(point);
        }

        // Both sorts are stable: of points that are equal in all, the heap's order decides.
        var ranked = heap.OrderBy(
            point => point,
            Comparer<PointRef>.Create(
                (left, right) =>
                    IsWorse(right, left) ? -1
                    : IsWorse(left, right) ? 1
                    : 0
            )
        );
        foreach (var point in ranked.OrderBy(point => point.Time))
        {
            output.Add(point.Time, point.Batch, point.Index);
            TType.Write(output.Value, ValueOf(point));
        }

        heap.Clear();
        best.Clear();
    }

    private static T ValueOf(PointRef point) => TType.Read(point.Batch.Columns[0])[point.Index];

    /// <summary>Whether a point has the lesser claim: its value, and with an equal one its later time.</summary>
    private bool IsWorse(PointRef left, PointRef right)
    {
        var (low, high) = (ValueOf(left), ValueOf(right));
        return TType.IsEqual(low, high) ? left.Time > right.Time
            : atTop ? TType.IsLess(low, high)
            : TType.IsLess(high, low);
    }

    private void KeepBest(PointRef point)
    {
        var key = string.Join('\0', tags.Select(at => point.Batch.Columns[at][point.Index].Text));
        if (!best.TryGetValue(key, out var known) || IsWorse(known, point))
        {
            best[key] = point;
        }
    }

    /// <summary>Puts a point into the heap, whose root is the worst, if there is room or it is better than that.</summary>
    private void Offer(PointRef point)
    {
        if (heap.Count < limit)
        {
            heap.Add(point);
            SiftUp(heap.Count - 1);
        }
        else if (IsWorse(heap[0], point))
        {
            heap[0] = point;
            SiftDown();
        }
    }

    private void SiftUp(int at)
    {
        while (at > 0 && IsWorse(heap[at], heap[(at - 1) / 2]))
        {
            (heap[at], heap[(at - 1) / 2]) = (heap[(at - 1) / 2], heap[at]);
            at = (at - 1) / 2;
        }
    }

    private void SiftDown()
    {
        for (int at = 0, child; (child = (2 * at) + 1) < heap.Count; at = child)
        {
            if (child + 1 < heap.Count && IsWorse(heap[child + 1], heap[child]))
            {
                child++;
            }

            if (!IsWorse(heap[child], heap[at]))
            {
                return;
            }

            (heap[at], heap[child]) = (heap[child], heap[at]);
        }
    }
}
