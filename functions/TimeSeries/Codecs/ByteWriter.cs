using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Serverless.TimeSeries.Codecs;

/// <summary>A growing buffer that is kept and reused: after the first few blocks, encoding allocates nothing.</summary>
internal sealed class ByteWriter
{
    private byte[] buffer = new byte[256];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets everything after <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Appends <paramref name="count"/> bytes for the caller to fill; the span holds until the next write.</summary>
    public Span<byte> Take(int count)
    {
        if (buffer.Length - Length < count)
        {
            Array.Resize(ref buffer, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count)));
        }

        var span = buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>LEB128: seven bits a byte, the lowest first.</summary>
    public void Unsigned(ulong value)
    {
        var span = Take(10);
        var used = 0;
        while (value >= 0x80)
        {
            span[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[used++] = (byte)value;
        Length -= 10 - used;
    }

    public void Signed(long value) => Unsigned(ZigZag.Encode(value));

    /// <summary>The length in bytes, then UTF-8.</summary>
    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Unsigned((ulong)bytes);
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }
}
