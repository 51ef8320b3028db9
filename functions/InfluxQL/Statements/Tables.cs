using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Statements;

/// <summary>Writes series that are at hand as a whole.</summary>
internal static class Tables
{
    /// <summary>Writes a series of columns without a time; of no rows too.</summary>
    public static async ValueTask TableAsync(this StatementContext context, SeriesHeader header, params IReadOnlyList<Column> columns)
    {
        await context.Sink.SeriesAsync(header, context.Cancellation);
        if (columns.Count > 0 && columns[0].Count > 0)
        {
            await context.Sink.RowsAsync(new RowBlock(columns[0].Count, default, columns), context.Cancellation);
        }
    }

    public static SeriesHeader Header(string? name, params IReadOnlyList<string> columns) => new(name, null, columns, false);

    public static Column Texts(IEnumerable<string> texts) => Column.Of(texts.ToArray());

    public static Column Integers(IEnumerable<long> integers) => Column.Of(integers.ToArray());

    /// <summary>Some of the items: LIMIT and OFFSET of a statement that pages what is at hand.</summary>
    public static IReadOnlyList<T> Of<T>(this Ast.Page page, IReadOnlyList<T> items)
    {
        var skipped = items.Skip((int)Math.Min(page.Offset, int.MaxValue));
        return [.. page.Limit > 0 ? skipped.Take((int)Math.Min(page.Limit, int.MaxValue)) : skipped];
    }
}
