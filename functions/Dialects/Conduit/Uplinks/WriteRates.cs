namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>So many writes of a token in a second. Each process counts for itself; only tokens that are good are counted, so that there are no more than users.</summary>
internal sealed class WriteRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Start, int Count)> windows = [];

    /// <summary>Takes one write.</summary>
    /// <param name="key">The token's key.</param>
    /// <param name="perSecond">How many a second may come; 0 for any number.</param>
    /// <returns>Null where it may go on, else how long it must wait.</returns>
    public TimeSpan? Take(string key, int perSecond)
    {
        if (perSecond <= 0)
        {
            return null;
        }

        var now = time.GetUtcNow();
        lock (gate)
        {
            // A clock that is set back opens a new window.
            var open = windows.TryGetValue(key, out var window) && now >= window.Start && now - window.Start < Window;
            if (open && window.Count >= perSecond)
            {
                return window.Start + Window - now;
            }

            windows[key] = open ? (window.Start, window.Count + 1) : (now, 1);
            return null;
        }
    }
}
