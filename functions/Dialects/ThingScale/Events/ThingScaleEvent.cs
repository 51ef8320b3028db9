namespace Serverless.Dialects.ThingScale.Events;

/// <summary>A threshold on the rows of a channel, and who is told when one crosses it (dev.thingscale.io, Event service). <see cref="EventRules"/> makes it fire.</summary>
/// <param name="Number">Its id, unique in the tenant.</param>
/// <param name="Channel">The channel's number, or null.</param>
/// <param name="Description">For people.</param>
/// <param name="NotifyType">email or http.</param>
/// <param name="PostUrl">Where http posts to.</param>
/// <param name="Enabled">Whether it is watched.</param>
/// <param name="Source">The path of the value in a row, its members joined by colons.</param>
/// <param name="Operator">One of &lt;, &gt;, &lt;=, &gt;=, = and !=.</param>
/// <param name="Threshold">What the value is compared with; a text, as this API has it.</param>
internal sealed record ThingScaleEvent(
    int Number,
    int? Channel,
    string Description,
    string NotifyType,
    string PostUrl,
    bool Enabled,
    string Source,
    string Operator,
    string Threshold
)
{
    /// <summary>The type whose events are posted.</summary>
    public const string Http = "http";

    /// <summary>The type whose events are mailed by the vendor, to try them out.</summary>
    public const string Email = "email";

    public static ThingScaleEvent New(int number) => new(number, null, "", Email, "", false, "", "=", "");
}

/// <summary>The number of the event that was made last: the next one gets the next, also where that one was deleted.</summary>
internal sealed record EventCounter(int Last);
