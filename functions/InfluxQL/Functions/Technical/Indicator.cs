namespace Serverless.InfluxQL.Functions.Technical;

/// <summary>A function of technical analysis: a number for each number of a sequence.</summary>
internal abstract class Indicator
{
    /// <summary>How many numbers it must see before its results are sound; so many are held back where the query does not say.</summary>
    public abstract int WarmUp { get; }

    /// <summary>Whether an infinite result is left out.</summary>
    public virtual bool DropsInfinity => false;

    public abstract double Add(double value);
}

/// <summary>How an exponential average begins.</summary>
internal enum WarmUpKind : byte
{
    /// <summary>As an exponential average whose weight starts high.</summary>
    Exponential,

    /// <summary>As a plain mean.</summary>
    Simple,
}
