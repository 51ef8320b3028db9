namespace Serverless.TimeSeries.Columns;

/// <summary>Settles times at which one field has values of several types: the newest stands.</summary>
internal static class FieldResolver
{
    /// <param name="columns">Sorted columns of one series; those of fields with several types lose the points that are overwritten.</param>
    public static void Resolve(IReadOnlyList<(string Field, PointColumn Points)> columns)
    {
        foreach (var field in columns.GroupBy(column => column.Field, column => column.Points))
        {
            if (field.Skip(1).Any())
            {
                Resolve([.. field]);
            }
        }
    }

    /// <param name="columns">Sorted columns of one field.</param>
    public static void Resolve(IReadOnlyList<PointColumn> columns)
    {
        var newest = new Dictionary<long, (long Sequence, int Column)>();
        for (var column = 0; column < columns.Count; column++)
        {
            for (var i = 0; i < columns[column].Count; i++)
            {
                var (time, candidate) = (columns[column].Times[i], (columns[column].Sequences[i], column));
                if (!newest.TryGetValue(time, out var other) || other.CompareTo(candidate) < 0)
                {
                    newest[time] = candidate;
                }
            }
        }

        for (var column = 0; column < columns.Count; column++)
        {
            var number = column;
            columns[column].RemoveWhere((time, _) => newest[time].Column != number);
        }
    }
}
