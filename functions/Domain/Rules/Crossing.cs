using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>How a rule stands with a device, on the device's time in nanoseconds since 1970.</summary>
/// <param name="Newest">The time of the newest value that was looked at; older ones, and the same again, are not.</param>
/// <param name="Active">Whether the threshold is crossed.</param>
/// <param name="Since">Since when the condition has held, whether or not long enough; null where it does not.</param>
public readonly record struct Crossing(long Newest, bool Active, long? Since)
{
    /// <summary>How a rule stands with a device that it has never looked at.</summary>
    public static Crossing None => new(long.MinValue, false, null);

    /// <summary>Takes a value.</summary>
    /// <param name="condition">The rule's condition.</param>
    /// <param name="duration">For how long it must have held, in nanoseconds.</param>
    /// <param name="time">The value's time.</param>
    /// <param name="value">The value.</param>
    public Crossing Take(RuleCondition condition, long duration, long time, in FieldValue value)
    {
        if (time <= Newest)
        {
            return this;
        }

        if (Active)
        {
            return condition.Ends(value) ? new Crossing(time, false, null) : this with { Newest = time };
        }

        if (!condition.Begins(value))
        {
            return new Crossing(time, false, null);
        }

        var since = Since ?? time;
        return new Crossing(time, time - since >= duration, since);
    }
}
