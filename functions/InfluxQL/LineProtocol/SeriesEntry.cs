using Serverless.Domain.Series;

namespace Serverless.InfluxQL.LineProtocol;

/// <summary>A field's name, made once for a body, with its bytes.</summary>
internal sealed record FieldName(byte[] Bytes, string Text)
{
    /// <summary>A field named time is read and not stored, and so is one without a name.</summary>
    public bool IsStored { get; } = Text is not ("" or "time");
}

/// <summary>Where the values of a field went in the last line of a series.</summary>
internal readonly record struct FieldSlot(FieldName Name, FieldType Type, int Column);

/// <summary>A series whose key was read, with the key's bytes and its number in the batch.</summary>
internal sealed record SeriesEntry(byte[] Key, string Measurement, TagSet Tags, int Number)
{
    /// <summary>A tag is named time, which no stored series may have.</summary>
    public bool HasTimeTag { get; } = Tags["time"] is not null;

    /// <summary>The fields of its last line, in their order: the next line mostly has the same.</summary>
    public List<FieldSlot> Slots { get; } = [];
}
