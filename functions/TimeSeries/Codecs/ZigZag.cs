namespace Serverless.TimeSeries.Codecs;

/// <summary>Signed numbers as unsigned ones, small where the magnitude is small.</summary>
internal static class ZigZag
{
    public static ulong Encode(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    public static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
