using System.Collections.Immutable;
using Serverless.Domain.Series;
using Serverless.TimeSeries.Codecs;
using Serverless.TimeSeries.Runs;

namespace Serverless.TimeSeries.Catalogue;

/// <summary>Writes the changes of a compaction as catalogue rows. Only the last says through which run everything is sealed: the others may come to be seen before it.</summary>
internal static class CatalogueWriter
{
    private const int SeriesPerRow = 8192;

    /// <returns>At least one row.</returns>
    public static List<SealedRow> Write(List<SeriesEdit> edits, long through, ImmutableArray<Tombstone> tombstones, uint compaction)
    {
        var rows = new List<SealedRow>();
        var last = edits.Count <= SeriesPerRow ? 0 : (edits.Count - 1) / SeriesPerRow * SeriesPerRow;
        for (var start = 0; start < last; start += SeriesPerRow)
        {
            Add(rows, new ManifestEdit(0, [], edits.GetRange(start, SeriesPerRow)), through, compaction);
        }

        Add(rows, new ManifestEdit(through, tombstones, edits.GetRange(last, edits.Count - last)), through, compaction);
        return rows;
    }

    private static void Add(List<SealedRow> rows, ManifestEdit edit, long sequence, uint compaction)
    {
        var writer = new ByteWriter();
        edit.Write(writer);
        if (writer.Length <= IRunStore.MaxPayload)
        {
            rows.Add(new SealedRow(ManifestEdit.Key(sequence, compaction, rows.Count), sequence, writer.Written.ToArray()));
            return;
        }

        var (first, second) = Halves(edit);
        Add(rows, first, sequence, compaction);
        Add(rows, second, sequence, compaction);
    }

    private static (ManifestEdit First, ManifestEdit Second) Halves(ManifestEdit edit)
    {
        var half = edit.Series.Count / 2;
        if (half > 0)
        {
            return (new ManifestEdit(0, [], [.. edit.Series.Take(half)]), edit with { Series = [.. edit.Series.Skip(half)] });
        }

        // Thousands of deletions. A reader that sees some of them early sees the same in the runs.
        var deletions = (edit.Tombstones.Length + edit.Series.Count) / 2;
        if (deletions > 0)
        {
            return (new ManifestEdit(0, edit.Tombstones[..deletions], []), edit with { Tombstones = edit.Tombstones[deletions..] });
        }

        // One series with thousands of fields or rows.
        var series = edit.Series[0];
        var (fields, rows) = (series.Fields.Count / 2, series.Added.Count / 2);
        var (first, second) =
            fields + rows > 0
                ? (
                    new SeriesEdit(series.Series, [.. series.Fields.Take(fields)], [.. series.Added.Take(rows)], []),
                    series with
                    {
                        Fields = [.. series.Fields.Skip(fields)],
                        Added = [.. series.Added.Skip(rows)],
                    }
                )
                : (
                    series with
                    {
                        Removed = [.. series.Removed.Take(series.Removed.Count / 2)],
                    },
                    new SeriesEdit(series.Series, [], [], [.. series.Removed.Skip(series.Removed.Count / 2)])
                );
        return (new ManifestEdit(0, [], [first]), edit with { Series = [second] });
    }
}
