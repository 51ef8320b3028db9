namespace Serverless.Domain.Webhooks;

/// <summary>When an attempt that failed is made again.</summary>
public static class RetrySchedule
{
    /// <summary>The delay after an attempt.</summary>
    /// <param name="options">The schedule, the jitter, and the longest Retry-After.</param>
    /// <param name="attempts">How many attempts have been made, this one included.</param>
    /// <param name="retryAfter">What the endpoint has asked for, or null.</param>
    /// <param name="random">At least 0, less than 1.</param>
    /// <returns>The delay, or null where that was the last attempt. It is not shorter than what the endpoint has asked for.</returns>
    public static TimeSpan? DelayAfter(WebhookOptions options, int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts >= options.Schedule.Count)
        {
            return null;
        }

        var delay = options.Schedule[attempts];
        var asked = retryAfter is { } wait ? Obeyed(options, wait) : TimeSpan.Zero;
        return (asked > delay ? asked : delay) * (1 + (options.Jitter * random));
    }

    /// <summary>What an endpoint has asked for, as far as it is obeyed.</summary>
    public static TimeSpan Obeyed(WebhookOptions options, TimeSpan retryAfter) =>
        retryAfter > options.LongestRetryAfter ? options.LongestRetryAfter : retryAfter;
}
