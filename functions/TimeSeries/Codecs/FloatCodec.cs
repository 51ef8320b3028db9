using System.Numerics;
using System.Runtime.InteropServices;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Doubles, every bit of them: as scaled integers with exceptions where they are decimals, else as the XOR of neighbours.</summary>
internal static class FloatCodec
{
    private const byte Xor = 0;
    private const byte Scaled = 1;

    public static void Encode(ByteWriter writer, ReadOnlySpan<double> values, bool thorough = true)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var start = writer.Length;
        var decimals = DecimalScale.Choose(values);
        if (decimals < 0 || !TryEncodeScaled(writer, values, decimals, thorough))
        {
            writer.Truncate(start);
            EncodeXor(writer, values);
            return;
        }

        var scaled = writer.Length - start;
        if (scaled > values.Length * 5)
        {
            EncodeXor(writer, values);
            var xor = writer.Length - start - scaled;
            if (xor < scaled)
            {
                writer.Truncate(start);
                EncodeXor(writer, values);
            }
            else
            {
                writer.Truncate(start + scaled);
            }
        }
    }

    /// <summary>Decodes as many values as the target has room for.</summary>
    public static void Decode(ref ByteReader reader, Span<double> target)
    {
        if (target.IsEmpty)
        {
            return;
        }

        switch (reader.Byte())
        {
            case Xor:
                DecodeXor(ref reader, target);
                return;
            case Scaled:
                DecodeScaled(ref reader, target);
                return;
            case var mode:
                throw ByteReader.Corrupt($"there is no encoding {mode} of floats");
        }
    }

    private static bool TryEncodeScaled(ByteWriter writer, ReadOnlySpan<double> values, int decimals, bool thorough)
    {
        using var scratch = new Scratch(2 * values.Length);
        var integers = scratch.Span[..values.Length];
        var exceptions = scratch.Span[values.Length..];
        var count = 0;
        var power = DecimalScale.Power(decimals);
        var previous = 0L;
        for (var i = 0; i < values.Length; i++)
        {
            if (DecimalScale.TryScale(values[i], power, out var scaled))
            {
                previous = scaled;
            }
            else
            {
                exceptions[count++] = i;
            }

            integers[i] = previous;
        }

        if (count > values.Length / 2)
        {
            return false;
        }

        writer.Byte(Scaled);
        writer.Byte((byte)decimals);
        writer.Unsigned((ulong)count);
        foreach (var at in exceptions[..count])
        {
            writer.Unsigned((ulong)at);
            writer.Double(values[(int)at]);
        }

        IntegerCodec.Encode(writer, integers, thorough);
        return true;
    }

    private static void DecodeScaled(ref ByteReader reader, Span<double> target)
    {
        int decimals = reader.Byte();
        if (decimals > DecimalScale.Most)
        {
            throw ByteReader.Corrupt($"{decimals} decimals are too many");
        }

        var count = reader.Count(target.Length);
        var exceptions = reader;
        for (var i = 0; i < count; i++)
        {
            reader.Unsigned();
            reader.Double();
        }

        var integers = MemoryMarshal.Cast<double, long>(target);
        IntegerCodec.Decode(ref reader, integers);
        Unscale(integers, DecimalScale.Power(decimals), target);
        for (var i = 0; i < count; i++)
        {
            target[exceptions.Count(target.Length - 1)] = exceptions.Double();
        }
    }

    private static void Unscale(ReadOnlySpan<long> integers, double power, Span<double> target)
    {
        var i = 0;
        for (; i + Vector<long>.Count <= target.Length; i += Vector<long>.Count)
        {
            (Vector.ConvertToDouble(new Vector<long>(integers[i..])) / new Vector<double>(power)).CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] = integers[i] / power;
        }
    }

    private static void EncodeXor(ByteWriter writer, ReadOnlySpan<double> values)
    {
        using var scratch = new Scratch(values.Length);
        var bits = MemoryMarshal.Cast<double, long>(values);
        var all = 0L;
        for (var i = 1; i < bits.Length; i++)
        {
            scratch.Span[i] = bits[i] ^ bits[i - 1];
            all |= scratch.Span[i];
        }

        // A float32 that was widened has 29 zeros at its end in every value.
        var shift = all == 0 ? 0 : BitOperations.TrailingZeroCount(all);
        foreach (ref var difference in scratch.Span[1..])
        {
            difference = (long)((ulong)difference >> shift);
        }

        writer.Byte(Xor);
        writer.Byte((byte)shift);
        writer.Fixed64((ulong)bits[0]);
        MiniBlocks.Encode(writer, scratch.Span[1..]);
    }

    private static void DecodeXor(ref ByteReader reader, Span<double> target)
    {
        int shift = reader.Byte();
        if (shift > 63)
        {
            throw ByteReader.Corrupt($"a shift of {shift} bits");
        }

        var bits = MemoryMarshal.Cast<double, long>(target);
        var current = (long)reader.Fixed64();
        MiniBlocks.Decode(ref reader, bits[1..]);
        bits[0] = current;
        foreach (ref var value in bits[1..])
        {
            current ^= value << shift;
            value = current;
        }
    }
}
