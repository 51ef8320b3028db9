namespace Serverless.InfluxQL.Functions.Technical;

/// <summary>exponential_moving_average, and the part of which others are made.</summary>
/// <param name="period">After how many numbers the weight stays the same.</param>
/// <param name="weight">The weight of a new number from then on.</param>
/// <param name="kind">How it begins.</param>
internal sealed class ExponentialAverage(int period, double weight, WarmUpKind kind) : Indicator
{
    private int count;

    public ExponentialAverage(int period, WarmUpKind kind)
        : this(period, 2 / (double)(period + 1), kind) { }

    public override int WarmUp => period - 1;

    public double Last { get; private set; }

    public bool IsWarm => count == period;

    /// <summary>Whether its results are good enough to be averaged again.</summary>
    public bool Feeds => kind == WarmUpKind.Exponential || IsWarm;

    public override double Add(double value)
    {
        Last =
            count == 0 ? value
            : IsWarm ? ((value - Last) * weight) + Last
            : kind == WarmUpKind.Simple ? ((Last * count) + value) / (count + 1)
            : ((value - Last) * (2 / (double)(count + 2))) + Last;
        count = Math.Min(count + 1, period);
        return Last;
    }
}

/// <summary>double_exponential_moving_average (P. Mulloy, 1994).</summary>
internal sealed class DoubleExponentialAverage(int period, WarmUpKind kind) : Indicator
{
    private readonly ExponentialAverage first = new(period, kind);
    private readonly ExponentialAverage second = new(period, kind);

    public override int WarmUp => (kind == WarmUpKind.Exponential ? 1 : 2) * (period - 1);

    public override double Add(double value)
    {
        var once = first.Add(value);
        var twice = first.Feeds ? second.Add(once) : once;
        return (2 * once) - twice;
    }
}

/// <summary>triple_exponential_moving_average (P. Mulloy, 1994).</summary>
internal sealed class TripleExponentialAverage(int period, WarmUpKind kind) : Indicator
{
    private readonly ExponentialAverage first = new(period, kind);
    private readonly ExponentialAverage second = new(period, kind);
    private readonly ExponentialAverage third = new(period, kind);

    public override int WarmUp => (kind == WarmUpKind.Exponential ? 1 : 3) * (period - 1);

    public override double Add(double value)
    {
        var once = first.Add(value);
        var twice = first.Feeds ? second.Add(once) : once;
        var thrice = second.Feeds ? third.Add(twice) : twice;
        return (3 * once) - (3 * twice) + thrice;
    }
}

/// <summary>triple_exponential_derivative (TRIX): the change of a number averaged three times, in percent.</summary>
internal sealed class TripleExponentialDerivative(int period, WarmUpKind kind) : Indicator
{
    private readonly ExponentialAverage first = new(period, kind);
    private readonly ExponentialAverage second = new(period, kind);
    private readonly ExponentialAverage third = new(period, kind);
    private double last;

    public override int WarmUp => ((kind == WarmUpKind.Exponential ? 1 : 3) * (period - 1)) + 1;

    public override bool DropsInfinity => true;

    public override double Add(double value)
    {
        var now = first.Add(value);
        if (first.Feeds)
        {
            now = second.Add(now);
            if (second.Feeds)
            {
                now = third.Add(now);
            }
        }

        var change = ((now / last) - 1) * 100;
        last = now;
        return change;
    }
}
