using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>A series whose key was read, with the key's bytes.</summary>
internal sealed record SeriesEntry(byte[] Key, string Measurement, TagSet Tags)
{
    /// <summary>A tag is named time, which no stored series may have.</summary>
    public bool HasTimeTag { get; } = Tags["time"] is not null;
}
