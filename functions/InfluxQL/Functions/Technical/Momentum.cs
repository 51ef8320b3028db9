namespace Serverless.InfluxQL.Functions.Technical;

/// <summary>The averages of rises and of falls, each fall or rise counting as none of the other; the first number rises from 0.</summary>
internal sealed class RisesAndFalls(int period, WarmUpKind kind)
{
    private readonly ExponentialAverage rises = new(period + 1, 1 / (double)period, kind);
    private readonly ExponentialAverage falls = new(period + 1, 1 / (double)period, kind);
    private double last;

    public (double Rise, double Fall) Add(double value)
    {
        var rise = value > last ? value - last : 0;
        var fall = value < last ? last - value : 0;
        last = value;
        return (rises.Add(rise), falls.Add(fall));
    }
}

/// <summary>relative_strength_index (J. W. Wilder, 1978).</summary>
internal sealed class RelativeStrengthIndex(int period, WarmUpKind kind) : Indicator
{
    private readonly RisesAndFalls averages = new(period, kind);

    public override int WarmUp => period;

    public override double Add(double value)
    {
        var (rise, fall) = averages.Add(value);
        return 100 - (100 / (1 + (rise / fall)));
    }
}

/// <summary>chande_momentum_oscillator with a warm-up: of averaged rises and falls.</summary>
internal sealed class SmoothedMomentum(int period, WarmUpKind kind) : Indicator
{
    private readonly RisesAndFalls averages = new(period, kind);

    public override int WarmUp => period;

    public override double Add(double value)
    {
        var (rise, fall) = averages.Add(value);
        return 100 * ((rise - fall) / (rise + fall));
    }
}

/// <summary>chande_momentum_oscillator (T. Chande, 1994): of the sums of the last rises and falls, which are carried on.</summary>
internal sealed class Momentum : Indicator
{
    private readonly double[] changes;
    private int next;
    private bool any;
    private double last;
    private double rises;
    private double falls;

    public Momentum(int period)
    {
        changes = new double[period - 1];
        next = 1 % changes.Length;
    }

    public override int WarmUp => changes.Length;

    public override double Add(double value)
    {
        var change = any ? value - last : 0;
        Count(change, 1);
        var result = rises != 0 || falls != 0 ? 100 * ((rises - falls) / (rises + falls)) : 0;
        Count(changes[next], -1);
        changes[next] = change;
        next = (next + 1) % changes.Length;
        (any, last) = (true, value);
        return result;
    }

    private void Count(double change, int sign)
    {
        if (change > 0)
        {
            rises += sign * change;
        }
        else if (change < 0)
        {
            falls -= sign * change;
        }
    }
}
