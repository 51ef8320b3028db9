using Serverless.Domain.Series;
using Serverless.TimeSeries.Columns;

namespace Serverless.TimeSeries.Runs;

/// <summary>One column of a run: where its points lie in the run's times and in the values of its type.</summary>
internal readonly record struct RunColumn(int Series, string Field, FieldType Type, int TimeStart, int ValueStart, int Count);

/// <summary>The points of one write, grouped by series, field and type; within a column in the order of the write.</summary>
internal sealed class RunPoints
{
    private readonly ColumnValues[] values =
    [
        ColumnValues.Of(FieldType.Float),
        ColumnValues.Of(FieldType.Integer),
        ColumnValues.Of(FieldType.Boolean),
        ColumnValues.Of(FieldType.String),
    ];

    public List<SeriesKey> Series { get; } = [];

    public List<RunColumn> Columns { get; } = [];

    public long[] Times { get; set; } = [];

    public ColumnValues ValuesOf(FieldType type) => values[(int)type - 1];

    public ReadOnlySpan<long> TimesOf(in RunColumn column) => Times.AsSpan(column.TimeStart, column.Count);
}
