using System.Globalization;
using System.Text;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Execution;

/// <summary>Writes series as one line of text: <c>name{tags} columns: (row) (row) | name …</c>, times in milliseconds.</summary>
internal sealed class TextSink : IResultSink
{
    private readonly StringBuilder text = new();

    public ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        text.Append(text.Length > 0 ? " | " : "").Append(header.Name);
        if (header.Tags is { } tags)
        {
            var pairs = tags.Keys.ToArray().Zip(tags.Values.ToArray(), (key, value) => $"{key}={value}");
            text.Append('{').AppendJoin(',', pairs).Append('}');
        }

        text.Append(' ').AppendJoin(',', header.Columns).Append(':');
        return ValueTask.CompletedTask;
    }

    public ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({rows.Times.Span[i] / 1_000_000}");
            foreach (var column in rows.Columns)
            {
                text.Append(',').Append(TextOf(column[i]));
            }

            text.Append(')');
        }

        return ValueTask.CompletedTask;
    }

    public void Warn(string text) { }

    public ValueTask EndAsync(string? error, CancellationToken cancellation) => ValueTask.CompletedTask;

    public override string ToString() => text.ToString();

    private static string TextOf(FieldValue value) =>
        value.Type switch
        {
            FieldType.Float => value.Float.ToString("R", CultureInfo.InvariantCulture),
            FieldType.Integer => value.Integer.ToString(CultureInfo.InvariantCulture),
            FieldType.Boolean => value.Boolean ? "true" : "false",
            FieldType.String => $"'{value.Text}'",
            _ => "null",
        };
}
