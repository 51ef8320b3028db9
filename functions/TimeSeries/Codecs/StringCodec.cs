using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Strings as UTF-8: a dictionary where they repeat, else their lengths and their bytes, compressed where that is worth it.</summary>
internal static class StringCodec
{
    /// <summary>The most bytes that one column of strings may come to when it is decompressed.</summary>
    public const int MostBytes = 64 << 20;

    private const byte Indexed = 0;
    private const byte Plain = 1;
    private const byte Compressed = 2;
    private const int WorthCompressing = 256;

    public static void Encode(ByteWriter writer, ReadOnlySpan<string> values, bool thorough)
    {
        if (values.IsEmpty)
        {
            return;
        }

        using var scratch = new Scratch(values.Length);
        var distinct = Index(values, scratch.Span);
        if (distinct is null)
        {
            EncodeEach(writer, values, scratch.Span, thorough);
            return;
        }

        writer.Byte(Indexed);
        writer.Unsigned((ulong)distinct.Count);
        IntegerCodec.Encode(writer, scratch.Span);
        EncodeEach(writer, distinct.ToArray(), scratch.Span, thorough);
    }

    /// <summary>Decodes as many values as the target has room for; equal values of a dictionary are one object.</summary>
    public static void Decode(ref ByteReader reader, Span<string> target)
    {
        if (target.IsEmpty)
        {
            return;
        }

        var mode = reader.Byte();
        if (mode != Indexed)
        {
            DecodeEach(ref reader, mode, target);
            return;
        }

        var distinct = new string[reader.Count(target.Length)];
        using var scratch = new Scratch(target.Length);
        IntegerCodec.Decode(ref reader, scratch.Span);
        DecodeEach(ref reader, reader.Byte(), distinct);
        for (var i = 0; i < target.Length; i++)
        {
            var index = (ulong)scratch.Span[i];
            target[i] = index < (ulong)distinct.Length ? distinct[index] : throw ByteReader.Corrupt("an index lies outside its dictionary");
        }
    }

    /// <summary>The distinct values in order of appearance, with each value's index; null where they are more than half of all.</summary>
    private static List<string>? Index(ReadOnlySpan<string> values, Span<long> indexes)
    {
        var distinct = new List<string>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < values.Length; i++)
        {
            if (!seen.TryGetValue(values[i], out var index))
            {
                index = seen.Count;
                if (index >= values.Length / 2)
                {
                    return null;
                }

                seen.Add(values[i], index);
                distinct.Add(values[i]);
            }

            indexes[i] = index;
        }

        return distinct;
    }

    private static void EncodeEach(ByteWriter writer, ReadOnlySpan<string> values, Span<long> lengths, bool thorough)
    {
        var total = 0;
        for (var i = 0; i < values.Length; i++)
        {
            lengths[i] = Encoding.UTF8.GetByteCount(values[i]);
            total = checked(total + (int)lengths[i]);
        }

        var start = writer.Length;
        writer.Byte(Plain);
        IntegerCodec.Encode(writer, lengths[..values.Length]);
        var text = writer.Length;
        var bytes = writer.Take(total);
        for (var i = 0; i < values.Length; i++)
        {
            bytes = bytes[Encoding.UTF8.GetBytes(values[i], bytes)..];
        }

        // More than a reader would decompress stays as it is: too large for a payload, so that the writer divides it.
        if (total is >= WorthCompressing and <= MostBytes)
        {
            Compress(writer, start, text, thorough);
        }
    }

    private static void Compress(ByteWriter writer, int start, int text, bool thorough)
    {
        var total = writer.Length - text;
        var rented = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(total));
        try
        {
            var done = BrotliEncoder.TryCompress(writer.Written[text..], rented, out var size, thorough ? 6 : 1, 22);
            if (done && size < total - (total / 8))
            {
                writer.Truncate(start);
                var head = writer.Take(text - start);
                head[0] = Compressed;
                writer.Unsigned((ulong)size);
                writer.Bytes(rented.AsSpan(0, size));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void DecodeEach(ref ByteReader reader, byte mode, Span<string> target)
    {
        if (mode is not (Plain or Compressed))
        {
            throw ByteReader.Corrupt($"there is no encoding {mode} of strings");
        }

        using var scratch = new Scratch(target.Length);
        IntegerCodec.Decode(ref reader, scratch.Span);
        var total = 0L;
        foreach (var length in scratch.Span)
        {
            total = length is >= 0 and <= MostBytes && total <= MostBytes ? total + length : throw ByteReader.Corrupt("a string's length");
        }

        if (mode == Plain)
        {
            Cut(reader.Bytes((int)Math.Min(total, int.MaxValue)), scratch.Span, target);
            return;
        }

        var packed = reader.Bytes(reader.Count(reader.Remaining));
        var rented = total <= MostBytes ? ArrayPool<byte>.Shared.Rent((int)total) : throw ByteReader.Corrupt("its strings are too long");
        try
        {
            if (!BrotliDecoder.TryDecompress(packed, rented, out var size) || size != total)
            {
                throw ByteReader.Corrupt("its text does not decompress");
            }

            Cut(rented.AsSpan(0, size), scratch.Span, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Cut(ReadOnlySpan<byte> bytes, ReadOnlySpan<long> lengths, Span<string> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Encoding.UTF8.GetString(bytes[..(int)lengths[i]]);
            bytes = bytes[(int)lengths[i]..];
        }
    }
}
