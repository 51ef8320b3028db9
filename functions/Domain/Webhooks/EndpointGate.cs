using System.Collections.Concurrent;

namespace Serverless.Domain.Webhooks;

/// <summary>The gates of all webhooks of this process.</summary>
public sealed class EndpointGates(WebhookOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Tenant, string Webhook), EndpointGate> gates = new();

    public EndpointGate Of(string tenant, string webhook) => gates.GetOrAdd((tenant, webhook), _ => new EndpointGate(options, time));
}

/// <summary>
/// Lets requests to one endpoint through: so many at a time, and while the endpoint fails one after a pause. After some failures in a row the gate is closed for a pause that doubles with each
/// further one, to five minutes, but is never longer than the longest delay between attempts; then one request tries, and opens the gate again where it succeeds. An endpoint that says that it is busy closes it at once.
/// </summary>
public sealed class EndpointGate(WebhookOptions options, TimeProvider time)
{
    private const int FailuresToClose = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // What finds no free place comes again after this.
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private DateTimeOffset closedUntil;
    private int failures;
    private int underWay;

    /// <summary>Takes a place for one request, which <see cref="Leave"/> gives back.</summary>
    /// <returns>Null where there is one, else when to ask again.</returns>
    public DateTimeOffset? Enter()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (closedUntil > now)
            {
                return closedUntil;
            }

            if (underWay >= (failures >= FailuresToClose ? 1 : options.Concurrency))
            {
                return now + Busy;
            }

            underWay++;
            return null;
        }
    }

    /// <summary>Gives a place back after a request that was not made, or was interrupted.</summary>
    public void Leave()
    {
        lock (gate)
        {
            underWay--;
        }
    }

    public void Succeed()
    {
        lock (gate)
        {
            failures = 0;
            closedUntil = default;
        }
    }

    /// <param name="isBusy">Whether the endpoint, or what is before it, says that there is too much.</param>
    /// <param name="retryAfter">How long it asks to be left alone, or null; it is obeyed no longer than the options say.</param>
    public void Fail(bool isBusy, TimeSpan? retryAfter)
    {
        lock (gate)
        {
            failures++;
            var doublings = isBusy ? failures - 1 : failures - FailuresToClose;
            if (doublings < 0)
            {
                return;
            }

            var longest = Math.Min(LongestPause.Ticks, options.Schedule.Max().Ticks);
            var pause = TimeSpan.FromTicks(Math.Min(longest, FirstPause.Ticks << Math.Min(doublings, 10)));
            var asked = isBusy && retryAfter is { } wait ? RetrySchedule.Obeyed(options, wait) : TimeSpan.Zero;
            var until = time.GetUtcNow() + (asked > pause ? asked : pause);
            closedUntil = until > closedUntil ? until : closedUntil;
        }
    }
}
