using System.Text.Json.Nodes;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>What is told of the values of one span of time.</summary>
/// <remarks>The variance is kept as the sum of squared distances from the mean, values taken one by one (Welford 1962), which does not cancel out as the sum of squares does.</remarks>
internal sealed class Aggregate
{
    private long count;
    private double min = double.PositiveInfinity;
    private double max = double.NegativeInfinity;
    private double sum;
    private double mean;
    private double squares;

    public void Add(double value)
    {
        count++;
        (min, max, sum) = (Math.Min(min, value), Math.Max(max, value), sum + value);
        var distance = value - mean;
        mean += distance / count;
        squares += distance * (value - mean);
    }

    /// <summary>Adds a whole block by what stands beside it; the variance is not told then.</summary>
    public void Add(BlockStatistics block, int values)
    {
        count += values;
        (min, max, sum) = (Math.Min(min, ToDouble(block.Min)), Math.Max(max, ToDouble(block.Max)), sum + ToDouble(block.Sum));
    }

    /// <summary>The functions asked for, as {"min": …}, in the unit that is asked for.</summary>
    public JsonObject Write(IReadOnlyList<string> functions, UnitConversion? conversion)
    {
        var result = new JsonObject();
        foreach (var function in functions)
        {
            double? value = function switch
            {
                "min" => Convert(min, conversion),
                "max" => Convert(max, conversion),
                "avg" => Convert(sum / count, conversion),
                "sum" => conversion?.OfSum(sum, count) ?? sum,
                "count" => count,
                "stdDevPop" => Scale(Math.Sqrt(squares / count), conversion),
                _ => count > 1 ? Scale(Math.Sqrt(squares / (count - 1)), conversion) : null,
            };
            result[function] = value is { } number && double.IsFinite(number) ? MeasurementJson.FractionOf(number) : null;
        }

        return result;
    }

    public static double ToDouble(FieldValue value) => value.Type == FieldType.Integer ? value.Integer : value.Float;

    private static double Scale(double difference, UnitConversion? conversion) => conversion?.Scale(difference) ?? difference;

    private static double Convert(double value, UnitConversion? conversion) => conversion?.Of(value) ?? value;
}
