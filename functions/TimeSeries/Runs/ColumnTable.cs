using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Runs;

/// <summary>Numbers of the columns of a write, in the order in which they come. The columns of a series are mostly few and looked through; those of a series of many are in a table.</summary>
internal sealed class ColumnTable
{
    public const int None = -1;
    private const int Few = 16;

    private readonly List<(int Last, int Count)> series = [];
    private readonly List<(int Series, string Field, FieldType Type, int Previous)> columns = [];
    private Dictionary<(int Series, string Field, FieldType Type), int>? table;

    /// <summary>Whether a field of a series has columns of several types.</summary>
    public bool IsMixed { get; private set; }

    public void AddSeries() => series.Add((None, 0));

    /// <returns>The number, or <see cref="None"/>.</returns>
    public int Find(int ofSeries, string field, FieldType type)
    {
        var (number, count) = series[ofSeries];
        if (count > Few)
        {
            return table!.GetValueOrDefault((ofSeries, field, type), None);
        }

        while (number != None && (columns[number].Type != type || columns[number].Field != field))
        {
            number = columns[number].Previous;
        }

        return number;
    }

    /// <summary>Adds a column that is not there, and gives its number.</summary>
    public int Add(int ofSeries, string field, FieldType type)
    {
        for (var other = FieldType.Float; !IsMixed && other <= FieldType.String; other++)
        {
            IsMixed = Find(ofSeries, field, other) != None;
        }

        var (last, count) = series[ofSeries];
        var number = columns.Count;
        columns.Add((ofSeries, field, type, last));
        series[ofSeries] = (number, count + 1);
        if (count == Few)
        {
            table ??= [];
            for (var i = last; i != None; i = columns[i].Previous)
            {
                table.Add((ofSeries, columns[i].Field, columns[i].Type), i);
            }
        }

        if (count >= Few)
        {
            table!.Add((ofSeries, field, type), number);
        }

        return number;
    }
}
