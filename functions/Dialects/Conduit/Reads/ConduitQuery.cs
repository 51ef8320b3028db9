using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Serverless.Domain;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>A range of whole seconds since 1970 (UTC), both ends within.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SecondRange(long From, long To)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Nanoseconds in 64 bits reach so far.
    private const long LastSecond = (long.MaxValue / NanosecondsPerSecond) - 1;

    public long FromNs => From * NanosecondsPerSecond;

    /// <summary>The time before which it ends.</summary>
    public long ToNs => (To + 1) * NanosecondsPerSecond;

    public static long SecondsOf(long nanoseconds) => (long)Math.Floor((decimal)nanoseconds / NanosecondsPerSecond);

    public static SecondRange Before(DateTimeOffset now, long seconds) => new(now.ToUnixTimeSeconds() - seconds, now.ToUnixTimeSeconds());

    /// <summary>The parameters fcdt and tcdt where both are seconds in their order, else null.</summary>
    public static SecondRange? Read(IQueryCollection query) =>
        Seconds(query["fcdt"]) is { } from && Seconds(query["tcdt"]) is { } to && from <= to ? new SecondRange(from, to) : null;

    private static long? Seconds(StringValues text) =>
        long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LastSecond
            ? seconds
            : null;
}

/// <summary>What a read asks for (seed, "Request Arguments").</summary>
/// <param name="Ids">Network ids, each once; empty for all devices.</param>
/// <param name="Channels">Channel numbers; empty for all channels.</param>
internal sealed record ConduitQuery(IReadOnlyList<string> Ids, IReadOnlySet<int> Channels)
{
    /// <summary>The last hour, where no range is asked for.</summary>
    public const long DefaultSeconds = 3600;

    private const int MostNames = 1000;

    /// <summary>Reads id and ch, of which each may come several times, or once with commas between.</summary>
    /// <exception cref="DomainException">A channel is no number, or there are too many.</exception>
    public static ConduitQuery Read(IQueryCollection query)
    {
        var ids = Split(query, "id").Distinct().ToList();
        var channels = Split(query, "ch").Select(Channel).ToHashSet();
        return ids.Count > MostNames || channels.Count > MostNames
            ? throw DomainException.Invalid("id", $"A request names at most {MostNames} devices and channels.")
            : new ConduitQuery(ids, channels);
    }

    /// <summary>The range asked for; the last hour where fcdt and tcdt are not both given, or are no range (reference D.2).</summary>
    public static SecondRange RangeOf(IQueryCollection query, DateTimeOffset now) =>
        SecondRange.Read(query) ?? SecondRange.Before(now, DefaultSeconds);

    private static int Channel(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var channel) && channel is > 0
            ? channel
            : throw DomainException.Invalid("ch", "ch is a whole number from 1 up.");

    private static IEnumerable<string> Split(IQueryCollection query, string name) =>
        query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
