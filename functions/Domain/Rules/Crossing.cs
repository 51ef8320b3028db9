using Serverless.Domain.Series;

namespace Serverless.Domain.Rules;

/// <summary>How a rule stands with a device, on the device's time in nanoseconds since 1970.</summary>
/// <param name="Newest">The time of the newest value that was looked at; older ones, and the same again, are not.</param>
/// <param name="Active">Whether the threshold is crossed.</param>
/// <param name="Since">Since when the condition has held, whether or not long enough; null where it does not. Of silence that is crossed, the time of the last value before it.</param>
public readonly record struct Crossing(long Newest, bool Active, long? Since)
{
    /// <summary>How far ahead of the cloud's clock a value's time may be, in nanoseconds: one that is farther comes from a clock that is wrong.</summary>
    public const long MostAhead = 24 * 3600 * 1_000_000_000L;

    /// <summary>How a rule stands with a device that it has never looked at.</summary>
    public static Crossing None => new(long.MinValue, false, null);

    /// <summary>As it stands for a value that comes now: a newest value of a clock that was far ahead bars none of a clock that is right.</summary>
    /// <param name="time">The value's time.</param>
    /// <param name="now">What the cloud's clock says.</param>
    public Crossing Before(long time, long now) =>
        Newest > now + MostAhead && time <= now + MostAhead ? new Crossing(long.MinValue, Active, Active ? Since : null) : this;

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

    /// <summary>Takes the time of a value under a rule of silence. There is silence while the newest value, on the device's time, is as old as the duration or older.</summary>
    /// <param name="duration">After how long without a value there is silence, in nanoseconds.</param>
    /// <param name="time">The value's time, or the time from which silence is counted where there is no value.</param>
    /// <param name="now">What the cloud's clock says.</param>
    /// <param name="begins">Whether silence may begin: only for whoever knows that there is no newer value. It ends with any value that is new enough; one that comes late, and is too old itself, ends nothing.</param>
    /// <remarks>A time that is too far ahead says nothing: it would end every silence to come.</remarks>
    public Crossing Listen(long duration, long time, long now, bool begins)
    {
        if (time > now + MostAhead)
        {
            return this;
        }

        var newest = Math.Max(Newest, time);
        return newest > now - duration ? new Crossing(newest, false, null)
            : Active ? this with { Newest = newest }
            : new Crossing(newest, begins, begins ? newest : null);
    }

    /// <summary>As it stands once values up to a time have been looked at, elsewhere, that changed nothing.</summary>
    public Crossing PassOver(long newest) => this with { Newest = Math.Max(Newest, newest) };

    /// <summary>How the rule stands with the device once it no longer watches it.</summary>
    public Crossing Leave() => new(Newest, false, null);
}
