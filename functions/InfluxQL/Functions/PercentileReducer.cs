using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>percentile: the point at the nearest rank, round(n · p / 100) from 1; none where there is no such rank.</summary>
internal sealed class PercentileReducer<T, TType>(double percentile) : Reducer
    where TType : struct, IValueType<T>
{
    private readonly RankedValues<T, TType> values = new();

    public override long Held => values.Held;

    public override void Add(Batch batch, int start, int end) => values.Add(batch, start, end);

    public override void Emit(PointWriter output)
    {
        var rank = Math.Floor((values.Count * percentile / 100) + 0.5);
        if (rank >= 1 && rank <= values.Count)
        {
            var (value, number) = values.Sort()[(int)rank - 1];
            var point = values.PointOf(number);
            output.Add(point.Time, point.Batch, point.Index);
            TType.Write(output.Value, value);
        }

        values.Clear();
    }
}
