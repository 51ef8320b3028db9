using System.Collections.Immutable;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Rows;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Catalogue;

/// <summary>What a compaction changed for one series: fields that it has, rows that came, rows that went.</summary>
internal sealed record SeriesEdit(
    SeriesKey Series,
    IReadOnlyCollection<FieldInfo> Fields,
    IReadOnlyCollection<RowRef> Added,
    IReadOnlyCollection<RowRef> Removed
);

/// <summary>One row of the catalogue. The catalogue is the union of all: rows added in any and removed in none.</summary>
/// <param name="Through">The last run that is sealed; 0 where the edit does not say.</param>
/// <param name="Tombstones">Deletions that are remembered.</param>
/// <param name="Series">The changes.</param>
internal sealed record ManifestEdit(long Through, ImmutableArray<Tombstone> Tombstones, IReadOnlyList<SeriesEdit> Series)
{
    public const string Prefix = "c|";
    public const string PrefixEnd = "c}";

    public static string Key(long sequence, uint compaction, int part) => $"{Prefix}{sequence:x16}{compaction:x8}|{part:x4}";

    public void Write(ByteWriter writer)
    {
        Envelope.Open(writer, Envelope.Manifest);
        writer.Signed(Through);
        writer.Unsigned((ulong)Tombstones.Length);
        foreach (var tombstone in Tombstones)
        {
            tombstone.Write(writer);
        }

        var names = new NameTable();
        var body = new ByteWriter();
        body.Unsigned((ulong)Series.Count);
        foreach (var series in Series)
        {
            WriteSeries(body, names, series);
        }

        names.Write(writer);
        writer.Bytes(body.Written);
        Envelope.Close(writer);
    }

    /// <exception cref="InvalidDataException">The bytes are no row of a catalogue.</exception>
    public static ManifestEdit Read(ReadOnlySpan<byte> payload)
    {
        var reader = Envelope.Expect(payload, Envelope.Manifest);
        var through = reader.Signed();
        var tombstones = new Tombstone[reader.Count(reader.Remaining / 6)];
        for (var i = 0; i < tombstones.Length; i++)
        {
            tombstones[i] = Tombstone.Read(ref reader);
        }

        var names = new NameReader(ref reader);
        var series = new SeriesEdit[reader.Count(reader.Remaining / 5)];
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = ReadSeries(ref reader, names);
        }

        return new ManifestEdit(through, [.. tombstones], series);
    }

    private static void WriteSeries(ByteWriter writer, NameTable names, SeriesEdit edit)
    {
        writer.Unsigned((ulong)names.Measurement(edit.Series.Measurement));
        writer.Unsigned((ulong)names.Tags(edit.Series.Tags));
        writer.Unsigned((ulong)edit.Fields.Count);
        foreach (var (name, type) in edit.Fields)
        {
            writer.Unsigned((ulong)names.Field(name));
            writer.Byte((byte)type);
        }

        WriteRows(writer, edit.Added);
        WriteRows(writer, edit.Removed);
    }

    private static SeriesEdit ReadSeries(ref ByteReader reader, NameReader names)
    {
        var key = new SeriesKey(names.Measurement((long)reader.Unsigned()), names.Tags((long)reader.Unsigned()));
        var fields = new FieldInfo[reader.Count(reader.Remaining / 2)];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new FieldInfo(names.Field((long)reader.Unsigned()), (FieldType)reader.Byte());
        }

        return new SeriesEdit(key, fields, ReadRows(ref reader), ReadRows(ref reader));
    }

    private static void WriteRows(ByteWriter writer, IReadOnlyCollection<RowRef> rows)
    {
        writer.Unsigned((ulong)rows.Count);
        foreach (var row in rows)
        {
            row.Write(writer);
        }
    }

    private static RowRef[] ReadRows(ref ByteReader reader)
    {
        var rows = new RowRef[reader.Count(reader.Remaining / 8)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = RowRef.Read(ref reader);
        }

        return rows;
    }
}
