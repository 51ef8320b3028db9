namespace Serverless.InfluxQL.Results;

/// <summary>Bytes that grow at their end.</summary>
internal class ByteBuffer
{
    private byte[] bytes = new byte[4096];

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Count);

    /// <summary>Room for at least so many bytes; <see cref="Advance"/> says how many were written.</summary>
    public Span<byte> Reserve(int size)
    {
        if (bytes.Length - Count < size)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Count + size));
        }

        return bytes.AsSpan(Count);
    }

    public void Advance(int size) => Count += size;

    public void Write(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        Count += value.Length;
    }

    public void Write(byte value)
    {
        Reserve(1)[0] = value;
        Count++;
    }

    /// <summary>Takes back all but the first <paramref name="count"/> bytes.</summary>
    public void Truncate(int count) => Count = count;
}
