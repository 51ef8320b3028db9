using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions.Technical;

/// <summary>Runs an indicator over points and leaves out the first of its results.</summary>
/// <param name="indicator">The indicator, new.</param>
/// <param name="hold">How many results are left out.</param>
internal sealed class IndicatorTransformer(Indicator indicator, long hold) : Transformer
{
    private long count;

    public override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var column = batch.Columns[0];
        for (var i = 0; i < times.Length; i++)
        {
            var result = indicator.Add(column.Type == FieldType.Float ? column.Floats[i] : column.Integers[i]);
            if (++count > hold && !(indicator.DropsInfinity && double.IsInfinity(result)))
            {
                output.Add(times[i]);
                output.Value.Add(result);
            }
        }
    }
}
