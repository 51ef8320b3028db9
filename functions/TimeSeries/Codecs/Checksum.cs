using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Serverless.TimeSeries.Codecs;

/// <summary>A 64-bit hash, the same on every machine and in every version: it guards stored bytes and orders row keys. Not for secrets.</summary>
internal static class Checksum
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * Prime1;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var rest in bytes)
        {
            hash = Mix(hash, rest);
        }

        return Finish(hash);
    }

    public static ulong Of(string text)
    {
        Span<byte> small = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(text, small, out var written) ? Of(small[..written]) : Of(Encoding.UTF8.GetBytes(text));
    }

    public static ulong Combine(ulong left, ulong right) => Finish(Mix(left, right));

    private static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft(hash ^ (word * Prime2), 31) * Prime1;

    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime1;
        return hash ^ (hash >> 32);
    }
}
