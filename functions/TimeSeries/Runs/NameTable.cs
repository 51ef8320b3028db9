using System.Runtime.InteropServices;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;

namespace Serverless.TimeSeries.Runs;

/// <summary>The texts of a run, each once: strings, and tag sets as numbers of strings.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];
    private readonly Dictionary<TagSet, int> tagNumbers = [];
    private readonly ByteWriter tagSets = new();
    private string? lastMeasurement;
    private int lastMeasurementNumber;

    public int Measurement(string measurement)
    {
        if (!ReferenceEquals(measurement, lastMeasurement))
        {
            (lastMeasurement, lastMeasurementNumber) = (measurement, Number(measurement));
        }

        return lastMeasurementNumber;
    }

    public int Field(string field) => Number(field);

    public int Tags(TagSet tags)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(tagNumbers, tags, out var exists);
        if (!exists)
        {
            number = tagNumbers.Count - 1;
            tagSets.Unsigned((ulong)tags.Count);
            foreach (var (key, value) in tags.Tags)
            {
                tagSets.Unsigned((ulong)Number(key));
                tagSets.Unsigned((ulong)Number(value));
            }
        }

        return number;
    }

    public void Write(ByteWriter writer)
    {
        writer.Unsigned((ulong)texts.Count);
        StringCodec.Encode(writer, CollectionsMarshal.AsSpan(texts), thorough: false);
        writer.Unsigned((ulong)tagNumbers.Count);
        writer.Bytes(tagSets.Written);
    }

    private int Number(string text)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, text, out var exists);
        if (!exists)
        {
            number = texts.Count;
            texts.Add(text);
        }

        return number;
    }
}

/// <summary>What <see cref="NameTable"/> wrote.</summary>
internal sealed class NameReader
{
    private readonly string[] texts;
    private readonly TagSet[] tagSets;

    public NameReader(ref ByteReader reader)
    {
        texts = new string[reader.Count(RunCodec.MostPoints)];
        StringCodec.Decode(ref reader, texts);
        tagSets = new TagSet[reader.Count(Math.Min(reader.Remaining, RunCodec.MostPoints))];
        for (var i = 0; i < tagSets.Length; i++)
        {
            var tags = new KeyValuePair<string, string>[reader.Count(reader.Remaining / 2)];
            for (var j = 0; j < tags.Length; j++)
            {
                tags[j] = KeyValuePair.Create(Text((long)reader.Unsigned()), Text((long)reader.Unsigned()));
            }

            tagSets[i] = TagSet.Of(tags);
        }
    }

    public string Measurement(long number) => Text(number);

    public string Field(long number) => Text(number);

    public TagSet Tags(long number) =>
        (ulong)number < (ulong)tagSets.Length ? tagSets[number] : throw ByteReader.Corrupt("a tag set outside its table");

    private string Text(long number) =>
        (ulong)number < (ulong)texts.Length ? texts[number] : throw ByteReader.Corrupt("a name outside its table");
}
