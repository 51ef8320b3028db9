using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>Where a point stands that a function keeps: the batch is kept, not copied.</summary>
internal readonly record struct PointRef(Batch Batch, int Index)
{
    public long Time => Batch.Times.Span[Index];
}

/// <summary>The points of a window, by number, in the order in which they came.</summary>
internal sealed class KeptPoints
{
    private readonly List<(int Before, Batch Batch, int Start)> stretches = [];
    private long valueBytes;

    public int Count { get; private set; }

    /// <summary>Bytes that the points take, about.</summary>
    public long Held => valueBytes;

    public void Add(Batch batch, int start, int end)
    {
        stretches.Add((Count, batch, start));
        Count += end - start;
        valueBytes += (end - start) * (8L + (8 * batch.Columns.Length));
    }

    public void Clear()
    {
        stretches.Clear();
        (Count, valueBytes) = (0, 0);
    }

    public PointRef this[int number]
    {
        get
        {
            var (low, high) = (0, stretches.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = stretches[middle].Before <= number ? (middle, high) : (low, middle - 1);
            }

            var (before, batch, start) = stretches[low];
            return new(batch, start + number - before);
        }
    }
}
