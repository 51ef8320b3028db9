using System.Numerics;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions;

/// <summary>spread: the greatest less the least, of integers wrapping beyond 64 bits; nothing where one of them is no number.</summary>
internal sealed class SpreadReducer<T, TType> : Reducer
    where T : struct, INumber<T>
    where TType : struct, IValueType<T>
{
    private T least;
    private T greatest;
    private bool any;
    private T? noNumber;

    public override void Add(Batch batch, int start, int end)
    {
        var values = TType.Read(batch.Columns[0])[start..end];
        if (!any && values.Length > 0)
        {
            (least, greatest, any) = (values[0], values[0], true);
        }

        foreach (var value in values)
        {
            noNumber = T.IsNaN(value) ? value : noNumber;
        }

        least = Extremes.Least(least, values);
        greatest = Extremes.Greatest(greatest, values);
    }

    public override void Emit(PointWriter output)
    {
        output.Add(PointWriter.NoTime);
        TType.Write(output.Value, noNumber ?? unchecked(greatest - least));
        (any, noNumber) = (false, null);
    }
}
