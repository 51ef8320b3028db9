using System.Buffers;

namespace Serverless.Dialects.Http;

/// <summary>Bytes that gather in pooled chunks: what is written is never moved, so that much costs no more than its own size.</summary>
public sealed class ChunkedBuffer : IBufferWriter<byte>, IDisposable
{
    private const int ChunkSize = 64 * 1024;

    private readonly List<(byte[] Bytes, int Length)> full = [];
    private byte[] current = [];
    private int used;

    /// <summary>How many bytes were written.</summary>
    public long Length { get; private set; }

    /// <summary>The bytes, until the next write.</summary>
    public ReadOnlySequence<byte> Written
    {
        get
        {
            Chunk? first = null;
            Chunk? last = null;
            foreach (var (bytes, length) in full.Append((current, used)))
            {
                last = new Chunk(bytes.AsMemory(0, length), last);
                first ??= last;
            }

            return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, current.Length - used);
        used += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (current.Length - used < Math.Max(1, sizeHint))
        {
            if (current.Length > 0)
            {
                full.Add((current, used));
            }

            current = ArrayPool<byte>.Shared.Rent(Math.Max(ChunkSize, sizeHint));
            used = 0;
        }

        return current.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Gives the chunks back.</summary>
    public void Dispose()
    {
        foreach (var (bytes, _) in full)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        if (current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(current);
        }

        full.Clear();
        (current, used, Length) = ([], 0, 0);
    }

    private sealed class Chunk : ReadOnlySequenceSegment<byte>
    {
        public Chunk(ReadOnlyMemory<byte> memory, Chunk? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
