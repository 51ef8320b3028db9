using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Tests.Statements;

/// <summary>Answers as the real server's JSON, each result apart, by the slow and obvious way.</summary>
internal sealed class TextSink : IResultSink
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string> members = [];
    private readonly List<string> series = [];
    private readonly List<string> rows = [];
    private string header = "";

    public List<string> Results { get; } = [];

    public override string ToString() => $"{{\"results\":[{string.Join(',', Results)}]}}";

    public ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation)
    {
        members.Clear();
        series.Clear();
        rows.Clear();
        header = "";
        members.Add($"\"statement_id\":{statement}");
        return ValueTask.CompletedTask;
    }

    public ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        EndSeries();
        var parts = new List<string>();
        if (header.Name is not null)
        {
            parts.Add($"\"name\":{Text(header.Name)}");
        }

        if (header.Tags is not null)
        {
            var (keys, values) = (header.Tags.Keys.ToArray(), header.Tags.Values.ToArray());
            parts.Add($"\"tags\":{{{string.Join(',', keys.Zip(values, (key, value) => $"{Text(key)}:{Text(value)}"))}}}");
        }

        parts.Add($"\"columns\":[{string.Join(',', header.Columns.Select(Text))}]");
        this.header = string.Join(',', parts);
        return ValueTask.CompletedTask;
    }

    public ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var cells = rows.Columns.Select(column => Text(column[i]));
            this.rows.Add($"[{string.Join(',', rows.Times.IsEmpty ? cells : cells.Prepend($"{rows.Times.Span[i]}"))}]");
        }

        return ValueTask.CompletedTask;
    }

    public void Warn(string text) => members.Add($"\"messages\":[{Text(text)}]");

    public ValueTask EndAsync(string? error, CancellationToken cancellation)
    {
        EndSeries();
        if (error is not null)
        {
            members.Add($"\"error\":{Text(error)}");
        }
        else if (series.Count > 0)
        {
            members.Insert(1, $"\"series\":[{string.Join(',', series)}]");
        }

        Results.Add($"{{{string.Join(',', members)}}}");
        return ValueTask.CompletedTask;
    }

    private void EndSeries()
    {
        if (header.Length > 0)
        {
            series.Add($"{{{header}{(rows.Count > 0 ? $",\"values\":[{string.Join(',', rows)}]" : "")}}}");
            rows.Clear();
            header = "";
        }
    }

    private static string Text(string text) => JsonSerializer.Serialize(text, Plain);

    private static string Text(FieldValue value) =>
        value.Type switch
        {
            FieldType.String => Text(value.Text),
            FieldType.Integer => $"{value.Integer}",
            FieldType.Boolean or FieldType.Float => value.ToString(),
            _ => "null",
        };
}
