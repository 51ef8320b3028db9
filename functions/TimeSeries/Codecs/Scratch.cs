using System.Buffers;

namespace Serverless.TimeSeries.Codecs;

/// <summary>A rented array of numbers for the length of one call.</summary>
internal readonly ref struct Scratch(int length)
{
    private readonly long[] rented = ArrayPool<long>.Shared.Rent(length);
    private readonly int length = length;

    public Span<long> Span => rented.AsSpan(0, length);

    public void Dispose() => ArrayPool<long>.Shared.Return(rented);
}
