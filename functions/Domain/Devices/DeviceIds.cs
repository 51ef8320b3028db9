namespace Serverless.Domain.Devices;

/// <summary>Makes device ids: decimal strings of at most 53 bits that grow with time (Cumulocity's clients read them as numbers).</summary>
/// <remarks>Milliseconds since 2025 in 41 bits, then 12 bits that start at random: instances that make an id in the same millisecond seldom meet, and the store refuses the second.</remarks>
public sealed class DeviceIds(TimeProvider time)
{
    private static readonly long Epoch = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    // More than 53 bits have no more digits.
    private const int LongestId = 20;

    private long last;

    /// <summary>Whether a text can be an id at all.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= LongestId && text.All(char.IsAsciiDigit);

    public string Next()
    {
        while (true)
        {
            var before = Volatile.Read(ref last);
            var now = ((time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch) << 12) | (long)Random.Shared.Next(1 << 12);
            var next = Math.Max(now, before + 1);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
            {
                return next.ToString();
            }
        }
    }
}
