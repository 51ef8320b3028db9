using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Functions.Forecast;

/// <summary>holt_winters and holt_winters_with_fit: points after the last one of a group, at the windows' distance.</summary>
/// <param name="count">How many points to forecast.</param>
/// <param name="season">How many windows make a season; 0 or 1 for none.</param>
/// <param name="withFit">Whether the fitted values of the group's own range come before.</param>
/// <param name="interval">The nanoseconds of a window.</param>
internal sealed class HoltWintersTransformer(int count, int season, bool withFit, long interval) : Transformer
{
    private readonly List<(long Time, double Value)> points = [];

    public override void Transform(Batch batch, PointWriter output)
    {
        var times = batch.Times.Span;
        var column = batch.Columns[0];
        for (var i = 0; i < times.Length; i++)
        {
            points.Add((times[i], column.Type == FieldType.Float ? column.Floats[i] : column.Integers[i]));
        }
    }

    public override void Finish(PointWriter output, CancellationToken cancellation)
    {
        if (points.Count < 2 || (season >= 2 && points.Count < season) || count <= 0 || Slot(points[^1].Time) <= Slot(points[0].Time))
        {
            return;
        }

        var values = AtEqualDistances();
        var forecast = new DampedTrend(values, season, cancellation).Forecast(count);
        var (from, first) = withFit ? (0, points[0].Time) : (values.Length, points[^1].Time + interval);
        for (var i = from; i < forecast.Length; i++)
        {
            if (!double.IsNaN(forecast[i]))
            {
                output.Add(first + (interval * (i - from)));
                output.Value.Add(forecast[i]);
            }
        }
    }

    /// <summary>The number of the window's border that is nearest to a time.</summary>
    private long Slot(long time) => (time / interval) + (time % interval > interval / 2 ? 1 : 0);

    /// <summary>The first value of each window; where a window has none, no number.</summary>
    private double[] AtEqualDistances()
    {
        var values = new List<double> { points[0].Value };
        var reached = Slot(points[0].Time);
        foreach (var (time, value) in points)
        {
            var slot = Slot(time);
            if (slot <= reached)
            {
                continue;
            }

            while (++reached < slot)
            {
                values.Add(double.NaN);
            }

            values.Add(value);
        }

        return [.. values];
    }
}
