using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Numbers of a fixed width in bits, one after another, the lowest bit first.</summary>
/// <remarks>Unpacking reads a whole word at each value's byte, so that no value waits for the one before it; that is what makes it fast.</remarks>
internal static class BitPacking
{
    /// <summary>The most values of one call.</summary>
    public const int Most = 128;

    public static int Size(int count, int width) => ((count * width) + 7) >> 3;

    /// <summary>Packs the low <paramref name="width"/> bits of each value into <see cref="Size"/> bytes.</summary>
    public static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> target)
    {
        if (width == 0)
        {
            return;
        }

        var mask = Mask(width);
        var word = 0UL;
        var filled = 0;
        var at = 0;
        foreach (var value in values)
        {
            var bits = value & mask;
            word |= bits << filled;
            filled += width;
            if (filled >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
                at += 8;
                filled -= 64;
                word = filled == 0 ? 0 : bits >> (width - filled);
            }
        }

        for (; filled > 0; filled -= 8)
        {
            target[at++] = (byte)word;
            word >>= 8;
        }
    }

    /// <summary>Unpacks <paramref name="target"/>'s length of values, at most <see cref="Most"/>, and adds <paramref name="reference"/> to each.</summary>
    /// <param name="source">The packed bytes and whatever follows them.</param>
    /// <param name="width">Bits of a value, 0 to 64.</param>
    /// <param name="reference">Added to each value, with wrap-around.</param>
    /// <param name="target">Where the values go.</param>
    public static void Unpack(ReadOnlySpan<byte> source, int width, long reference, Span<long> target)
    {
        if (width == 0)
        {
            target.Fill(reference);
            return;
        }

        var size = Size(target.Length, width);
        if (source.Length < size + 8)
        {
            Span<byte> padded = stackalloc byte[(Most * 8) + 8];
            source[..size].CopyTo(padded);
            UnpackWords(padded, width, reference, target);
            return;
        }

        UnpackWords(source, width, reference, target);
    }

    private static void UnpackWords(ReadOnlySpan<byte> source, int width, long reference, Span<long> target)
    {
        ref var bytes = ref MemoryMarshal.GetReference(source);
        var mask = Mask(width);
        var bit = 0;
        if (width > 57)
        {
            for (var i = 0; i < target.Length; i++, bit += width)
            {
                target[i] = (long)(Wide(ref bytes, bit) & mask) + reference;
            }

            return;
        }

        var whole = 0;
        for (; whole + 4 <= target.Length; whole += 4, bit += 4 * width)
        {
            var four = target.Slice(whole, 4);
            four[0] = (long)(Word(ref bytes, bit) & mask) + reference;
            four[1] = (long)(Word(ref bytes, bit + width) & mask) + reference;
            four[2] = (long)(Word(ref bytes, bit + (2 * width)) & mask) + reference;
            four[3] = (long)(Word(ref bytes, bit + (3 * width)) & mask) + reference;
        }

        for (; whole < target.Length; whole++, bit += width)
        {
            target[whole] = (long)(Word(ref bytes, bit) & mask) + reference;
        }
    }

    private static ulong Mask(int width) => ulong.MaxValue >> (64 - width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte bytes, int bit) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, bit >> 3)) >> (bit & 7);

    private static ulong Wide(ref byte bytes, int bit)
    {
        var low = Word(ref bytes, bit);
        return (bit & 7) == 0 ? low : low | ((ulong)Unsafe.Add(ref bytes, (bit >> 3) + 8) << (64 - (bit & 7)));
    }
}
