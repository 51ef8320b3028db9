namespace Serverless.Domain.Telemetry;

/// <summary>
/// Dates messages that come by a dialect's own door: whole microseconds that grow from message to message in this process, for two readings of one instant would be one.
/// </summary>
public sealed class MessageClock(TimeProvider time)
{
    private long last;

    public DateTimeOffset Next()
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var now = time.GetUtcNow().UtcTicks;
            var next = Math.Max(now - (now % TimeSpan.TicksPerMicrosecond), before + TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return new DateTimeOffset(next, TimeSpan.Zero);
            }
        }
    }
}
