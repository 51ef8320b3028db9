using System.Net;
using System.Net.Sockets;

namespace Serverless.Dialects.Http;

/// <summary>
/// Limits of so many requests in a second from one address. Each process counts for itself: what must hold across instances is <see
/// cref="Domain.Limits.RateWindows"/>.
/// </summary>
/// <remarks>A window begins with its first request and lasts a second. An IPv6 network of 64 bits is one address, for one customer has that many.</remarks>
public sealed class RequestRates(TimeProvider time)
{
    /// <summary>
    /// Addresses that are counted at a time. Where more come within a second, those beyond go uncounted, so that nobody's flood keeps others out.
    /// </summary>
    public const int MostAddresses = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Door, IPAddress Address), (DateTimeOffset Start, int Count)> windows = [];
    private DateTimeOffset swept = DateTimeOffset.MinValue;

    /// <summary>Takes one request.</summary>
    /// <param name="door">What is limited.</param>
    /// <param name="address">Who asks; null where that is unknown.</param>
    /// <param name="perSecond">How many a second may come; 0 for any number.</param>
    /// <returns>Whether it may go on.</returns>
    public bool TryTake(string door, IPAddress? address, int perSecond)
    {
        if (perSecond <= 0)
        {
            return true;
        }

        var key = (door, NetworkOf(address ?? IPAddress.None));
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (windows.TryGetValue(key, out var window) && IsOpen(window.Start, now))
            {
                windows[key] = window with { Count = Math.Min(window.Count + 1, perSecond + 1) };
                return window.Count < perSecond;
            }

            if (windows.Count < MostAddresses || Sweep(now))
            {
                windows[key] = (now, 1);
            }

            return true;
        }
    }

    // A clock that is set back opens a new window.
    private static bool IsOpen(DateTimeOffset start, DateTimeOffset now) => now >= start && now - start < Window;

    /// <returns>Whether there is room again. It is looked for once in a window: the look is as long as the table.</returns>
    private bool Sweep(DateTimeOffset now)
    {
        if (IsOpen(swept, now))
        {
            return false;
        }

        swept = now;
        foreach (var (key, window) in windows)
        {
            if (!IsOpen(window.Start, now))
            {
                windows.Remove(key);
            }
        }

        return windows.Count < MostAddresses;
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
