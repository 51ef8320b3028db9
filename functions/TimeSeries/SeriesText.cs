using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries;

/// <summary>A series' full text in stored bytes.</summary>
internal static class SeriesText
{
    public static void Write(ByteWriter writer, SeriesKey series)
    {
        writer.Text(series.Measurement);
        WriteTags(writer, series.Tags);
    }

    public static SeriesKey Read(ref ByteReader reader) => new(reader.Text(), ReadTags(ref reader));

    public static void WriteTags(ByteWriter writer, TagSet tags)
    {
        writer.Unsigned((ulong)tags.Count);
        foreach (var (key, value) in tags.Tags)
        {
            writer.Text(key);
            writer.Text(value);
        }
    }

    public static TagSet ReadTags(ref ByteReader reader)
    {
        var tags = new KeyValuePair<string, string>[reader.Count(reader.Remaining / 2)];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = KeyValuePair.Create(reader.Text(), reader.Text());
        }

        return TagSet.Of(tags);
    }
}
