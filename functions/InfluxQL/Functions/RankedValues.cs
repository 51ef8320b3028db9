using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>The values of a window with their numbers, to be sorted by value exactly as the real server sorts: which of equal ones comes first is then the same too.</summary>
internal sealed class RankedValues<T, TType>
    where TType : struct, IValueType<T>
{
    private readonly KeptPoints points = new();
    private (T Value, int Number)[] ranked = [];

    public int Count => points.Count;

    public long Held => points.Held + ((long)ranked.Length * (TType.Size + sizeof(int)));

    public void Add(Batch batch, int start, int end)
    {
        var from = points.Count;
        points.Add(batch, start, end);
        if (ranked.Length < points.Count)
        {
            Array.Resize(ref ranked, Math.Max(Math.Max(points.Count, 16), ranked.Length * 2));
        }

        var values = TType.Read(batch.Columns[0])[start..end];
        for (var i = 0; i < values.Length; i++)
        {
            ranked[from + i] = (values[i], from + i);
        }
    }

    /// <summary>All of them, the least first.</summary>
    public ReadOnlySpan<(T Value, int Number)> Sort()
    {
        var span = ranked.AsSpan(0, Count);
        GoSort.Sort<(T Value, int Number), ByValue>(span);
        return span;
    }

    public PointRef PointOf(int number) => points[number];

    public void Clear() => points.Clear();

    private readonly struct ByValue : ILess<(T Value, int Number)>
    {
        public static bool IsLess(in (T Value, int Number) left, in (T Value, int Number) right) => TType.IsLess(left.Value, right.Value);
    }
}
