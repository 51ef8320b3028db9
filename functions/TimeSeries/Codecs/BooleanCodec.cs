namespace Serverless.TimeSeries.Codecs;

/// <summary>Booleans: the lengths of runs of equal values where they are fewer bytes than a bit each.</summary>
internal static class BooleanCodec
{
    private const byte Bits = 0;
    private const byte RunsFromFalse = 1;
    private const byte RunsFromTrue = 2;

    public static void Encode(ByteWriter writer, ReadOnlySpan<bool> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var start = writer.Length;
        var most = 1 + BitPacking.Size(values.Length, 1);
        writer.Byte(values[0] ? RunsFromTrue : RunsFromFalse);
        for (var rest = values; rest.Length > 0 && writer.Length - start <= most; )
        {
            var same = rest.IndexOf(!rest[0]);
            var length = same < 0 ? rest.Length : same;
            writer.Unsigned((ulong)length);
            rest = rest[length..];
        }

        if (writer.Length - start > most)
        {
            writer.Truncate(start);
            writer.Byte(Bits);
            Pack(values, writer.Take(BitPacking.Size(values.Length, 1)));
        }
    }

    /// <summary>Decodes as many values as the target has room for.</summary>
    public static void Decode(ref ByteReader reader, Span<bool> target)
    {
        if (target.IsEmpty)
        {
            return;
        }

        var mode = reader.Byte();
        switch (mode)
        {
            case Bits:
                Unpack(reader.Bytes(BitPacking.Size(target.Length, 1)), target);
                return;
            case RunsFromFalse or RunsFromTrue:
                for (var value = mode == RunsFromTrue; target.Length > 0; value = !value)
                {
                    var length = reader.Count(target.Length);
                    target[..length].Fill(value);
                    target = target[length..];
                }

                return;
            default:
                throw ByteReader.Corrupt($"there is no encoding {mode} of booleans");
        }
    }

    private static void Pack(ReadOnlySpan<bool> values, Span<byte> target)
    {
        target.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            target[i >> 3] |= (byte)((values[i] ? 1 : 0) << (i & 7));
        }
    }

    private static void Unpack(ReadOnlySpan<byte> source, Span<bool> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = ((source[i >> 3] >> (i & 7)) & 1) != 0;
        }
    }
}
