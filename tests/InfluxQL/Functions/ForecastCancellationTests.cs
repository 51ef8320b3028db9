using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Functions;

namespace Serverless.InfluxQL.Tests.Functions;

public sealed class ForecastCancellationTests
{
    /// <summary>The search for a forecast's parameters is the one thing that takes long without reading.</summary>
    [Fact]
    public void A_forecast_stops_when_it_is_cancelled()
    {
        var call = Samples.Parse("holt_winters(mean(x), 1, 0)");
        var forecast = FunctionFactory.Transformer(call, FieldType.Float, new StageOptions { Interval = 1 })();
        var output = new PointWriter(FieldType.Float, []);
        forecast.Transform(new Batch(new long[] { 1, 2, 3 }, [Column.Of(new double[] { 1, 2, 4 })]), output);

        Assert.Throws<OperationCanceledException>(() => forecast.Finish(output, new CancellationToken(true)));
        forecast.Finish(output, TestContext.Current.CancellationToken);
        Assert.Equal(1, output.Count);
    }
}
