namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// Ends a connection that has been silent for too long or whose credentials have expired. One timer serves both; activity only notes the time,
/// and the timer sets itself anew when it finds that there was some.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly TimeProvider time;
    private readonly Action<string> expired;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private long active;
    private TimeSpan silence;
    private DateTimeOffset end = DateTimeOffset.MaxValue;

    public Watchdog(TimeProvider time, Action<string> expired, TimeSpan silence)
    {
        this.time = time;
        this.expired = expired;
        this.silence = silence;
        active = time.GetTimestamp();
        timer = time.CreateTimer(static self => ((Watchdog)self!).OnTimer(), this, silence, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The client has sent a packet.</summary>
    public void Touch() => Volatile.Write(ref active, time.GetTimestamp());

    /// <summary>From now on the client may be silent so long, and until then.</summary>
    public void Guard(TimeSpan longestSilence, DateTimeOffset? until)
    {
        Touch();
        lock (gate)
        {
            silence = longestSilence;
            end = until ?? DateTimeOffset.MaxValue;
        }

        OnTimer();
    }

    public void Dispose() => timer.Dispose();

    private void OnTimer()
    {
        lock (gate)
        {
            var left = silence - time.GetElapsedTime(Volatile.Read(ref active));
            var valid = end - time.GetUtcNow();
            if (left > TimeSpan.Zero && valid > TimeSpan.Zero)
            {
                var next = left < valid ? left : valid;
                timer.Change(next < LongestTimer ? next : LongestTimer, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        expired(end <= time.GetUtcNow() ? "its credentials have expired" : "it was silent for too long");
    }
}
