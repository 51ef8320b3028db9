namespace Serverless.TimeSeries.Catalogue;

/// <summary>Applies a compaction's changes to a catalogue and states the whole of it, in place of the rows that it was read from.</summary>
internal static class CatalogueMerger
{
    public static List<SeriesEdit> Merge(Manifest manifest, List<SeriesEdit> edits)
    {
        var changes = edits.ToDictionary(edit => edit.Series);
        var merged = new List<SeriesEdit>();
        foreach (var series in manifest.Series)
        {
            if (changes.Remove(series.Key, out var change))
            {
                var rows = series.Rows.Except(change.Removed).Concat(change.Added).ToList();
                if (rows.Count > 0 || change.Removed.Count > 0)
                {
                    merged.Add(change with { Fields = [.. series.Fields.Union(change.Fields)], Added = rows });
                }
            }
            else
            {
                merged.Add(new SeriesEdit(series.Key, series.Fields, series.Rows, []));
            }
        }

        merged.AddRange(changes.Values);
        return merged;
    }
}
