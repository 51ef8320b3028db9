using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>sample: a number of points drawn at random, each as likely as any other (a reservoir), in order of time, those of one time in order of value.</summary>
internal sealed class SampleReducer<T, TType>(int size, Random random) : Reducer
    where TType : struct, IValueType<T>
{
    private readonly List<PointRef> drawn = [];
    private int count;

    public override long Held => (long)drawn.Count * 16;

    public override void Add(Batch batch, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            count++;
            if (drawn.Count < size)
            {
                drawn.Add(new(batch, i));
                continue;
            }

            var place = random.Next(count);
            if (place < size)
            {
                drawn[place] = new(batch, i);
            }
        }
    }

    public override void Emit(PointWriter output)
    {
        drawn.Sort(Compare);
        foreach (var point in drawn)
        {
            output.Add(point.Time, point.Batch, point.Index);
            TType.Write(output.Value, ValueOf(point));
        }

        drawn.Clear();
        count = 0;
    }

    private static int Compare(PointRef left, PointRef right) =>
        left.Time != right.Time ? left.Time.CompareTo(right.Time)
        : TType.IsLess(ValueOf(left), ValueOf(right)) ? -1
        : TType.IsLess(ValueOf(right), ValueOf(left)) ? 1
        : 0;

    private static T ValueOf(PointRef point) => TType.Read(point.Batch.Columns[0])[point.Index];
}
