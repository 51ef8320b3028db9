namespace Serverless.InfluxQL.Functions.Technical;

/// <summary>kaufmans_efficiency_ratio (P. Kaufman, 1995): how far numbers came, divided by the way that they took. Before the first number stands 0.</summary>
internal sealed class EfficiencyRatio(int period) : Indicator
{
    private readonly (double Value, double Way)[] ring = new (double, double)[period];
    private int newest;
    private double way;
    private int count;

    public override int WarmUp => period;

    public override bool DropsInfinity => true;

    public bool IsWarm => count == period + 1;

    public double Last => ring[newest].Value;

    public override double Add(double value)
    {
        var oldest = (newest + 1) % period;
        var far = Math.Abs(value - ring[oldest].Value);
        var step = Math.Abs(value - Last);
        way -= ring[oldest].Way;
        way += step;
        ring[oldest] = (value, step);
        newest = oldest;
        count = Math.Min(count + 1, period + 1);
        return far == 0 || way == 0 ? 0 : far / way;
    }
}

/// <summary>kaufmans_adaptive_moving_average (P. Kaufman, 1995), between the weights of averages of 2 and of 30 numbers.</summary>
internal sealed class AdaptiveAverage(int period) : Indicator
{
    /// <summary>The weight of an average of 30 numbers, and how much greater that of one of 2 is: 2/31, and 2/3 - 2/31 rounded once.</summary>
    private const double Slow = 2.0 / 31.0;
    private const double Range = 56.0 / 93.0;

    private readonly EfficiencyRatio ratio = new(period);
    private double last;

    public override int WarmUp => period;

    public override bool DropsInfinity => true;

    public override double Add(double value)
    {
        if (!ratio.IsWarm)
        {
            last = ratio.Last;
        }

        var root = (ratio.Add(value) * Range) + Slow;
        last += root * root * (value - last);
        return last;
    }
}
