using System.Buffers.Binary;
using System.Text;

namespace Serverless.TimeSeries.Codecs;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Whatever the bytes, it throws nothing but <see cref="InvalidDataException"/> and reads nothing beyond them.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    /// <summary>Everything from here on, which a reader of whole words may look at beyond what it takes.</summary>
    public readonly ReadOnlySpan<byte> Rest => bytes[Position..];

    public byte Byte()
    {
        if (Position >= bytes.Length)
        {
            throw Corrupt("it ends early");
        }

        return bytes[Position++];
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Corrupt("it ends early");
        }

        var span = bytes.Slice(Position, count);
        Position += count;
        return span;
    }

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8));

    public ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Corrupt("a number is longer than 64 bits");
    }

    public long Signed() => ZigZag.Decode(Unsigned());

    /// <summary>A count of things, at most <paramref name="most"/>.</summary>
    public int Count(int most)
    {
        var value = Unsigned();
        return value <= (ulong)most ? (int)value : throw Corrupt($"a count is {value}, beyond {most}");
    }

    public string Text() => Encoding.UTF8.GetString(Bytes(Count(Remaining)));

    public static InvalidDataException Corrupt(string why) => new($"The stored data cannot be read: {why}.");
}
