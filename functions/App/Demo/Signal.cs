namespace Serverless.App.Demo;

/// <summary>A reading that moves as a real one does: a mean, a slow swing around it and a random walk that is drawn back.</summary>
/// <param name="mean">Around which it moves.</param>
/// <param name="swing">The swing's amplitude.</param>
/// <param name="period">The swing's period.</param>
/// <param name="noise">The largest step of the walk.</param>
/// <param name="digits">Decimal digits of a reading.</param>
internal sealed class Signal(double mean, double swing, TimeSpan period, double noise, int digits)
{
    // How much of the walk is left after a step.
    private const double Pull = 0.9;

    private double walk;

    public double At(DateTimeOffset time)
    {
        walk = (walk * Pull) + (((Random.Shared.NextDouble() * 2) - 1) * noise);
        var phase = time.ToUnixTimeMilliseconds() / period.TotalMilliseconds * Math.Tau;
        return Math.Round(mean + (swing * Math.Sin(phase)) + walk, digits);
    }
}
