using System.Numerics;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>min of numbers in ascending order of time: a stretch without a lesser value is passed over by vectors.</summary>
internal sealed class AscendingMinReducer<T, TType> : SelectorReducer<T, TType, Least<T, TType>>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    public override void Add(Batch batch, int start, int end)
    {
        if (!Any && start < end)
        {
            Choose(batch, start++);
        }

        var values = TType.Read(batch.Columns[0])[start..end];
        var least = Extremes.Least(Chosen, values);
        if (least < Chosen)
        {
            Choose(batch, start + values.IndexOf(least));
        }
    }
}

/// <summary>max of numbers in ascending order of time: a stretch without a greater value is passed over by vectors.</summary>
internal sealed class AscendingMaxReducer<T, TType> : SelectorReducer<T, TType, Greatest<T, TType>>
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    public override void Add(Batch batch, int start, int end)
    {
        if (!Any && start < end)
        {
            Choose(batch, start++);
        }

        var values = TType.Read(batch.Columns[0])[start..end];
        var greatest = Extremes.Greatest(Chosen, values);
        if (greatest > Chosen)
        {
            Choose(batch, start + values.IndexOf(greatest));
        }
    }
}
