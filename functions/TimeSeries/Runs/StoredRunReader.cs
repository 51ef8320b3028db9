using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Runs;

/// <summary>What a stored run is: points or a deletion.</summary>
internal static class StoredRunReader
{
    /// <exception cref="InvalidDataException">The bytes are no run.</exception>
    public static (RunPoints? Points, Tombstone? Tombstone) Read(StoredRun run)
    {
        switch (Envelope.Read(run.Payload.Span, out var reader))
        {
            case Envelope.Points:
                return (RunCodec.Decode(ref reader), null);
            case Envelope.Deletion:
                return (null, Tombstone.Read(ref reader) with { Sequence = run.Sequence });
            case var kind:
                throw ByteReader.Corrupt($"a run of kind {kind}");
        }
    }
}
