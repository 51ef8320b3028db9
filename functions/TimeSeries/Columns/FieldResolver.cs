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
        var newest = new Dictionary<long, long>();
        foreach (var column in columns)
        {
            for (var i = 0; i < column.Count; i++)
            {
                var (time, sequence) = (column.Times[i], column.Sequences[i]);
                newest[time] = newest.TryGetValue(time, out var other) ? Math.Max(other, sequence) : sequence;
            }
        }

        foreach (var column in columns)
        {
            column.RemoveWhere((time, sequence) => newest[time] > sequence);
        }
    }
}
