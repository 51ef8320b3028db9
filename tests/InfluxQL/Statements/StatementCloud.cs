using Serverless.Contracts;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Results;
using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Tests.Statements;

/// <summary>An engine on stores of its own, under a clock that stands still.</summary>
internal sealed class StatementCloud : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("serverless-statements-");
    private readonly SqliteDatabase database;

    public StatementCloud()
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(folder.FullName, "cloud.db") });
        Series = new SeriesStore(new SqliteRunStore(database), Time);
        Databases = new DatabaseDirectory(new SqliteDocumentStore(database, Time), Series, Time);
        Engine = new QueryEngine(
            Databases,
            Series,
            (plan, context, sink, cancellation) =>
                Select?.Invoke(plan, sink, cancellation) ?? SelectRunner.RunAsync(plan, context, sink, cancellation),
            Time
        );
    }

    public ManualTime Time { get; } = new();

    public SeriesStore Series { get; }

    public DatabaseDirectory Databases { get; }

    public QueryEngine Engine { get; }

    /// <summary>What runs in place of a SELECT; null for what runs in the cloud.</summary>
    public Func<SelectPlan, IResultSink, CancellationToken, Task>? Select { get; set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<string> AskAsync(string query, Func<QueryRequest, QueryRequest>? with = null, string tenant = "t1")
    {
        var request = new QueryRequest(tenant, InfluxQuery.Parse(query)) { Database = "d", User = "ann" };
        var sink = new TextSink();
        await Engine.ExecuteAsync(with?.Invoke(request) ?? request, sink, Cancellation);
        return sink.ToString();
    }

    /// <summary>The error of a single statement, or null.</summary>
    public async Task<string?> ErrorAsync(string query, Func<QueryRequest, QueryRequest>? with = null, string tenant = "t1")
    {
        using var json = System.Text.Json.JsonDocument.Parse(await AskAsync(query, with, tenant));
        return json.RootElement.GetProperty("results")[0].TryGetProperty("error", out var error) ? error.GetString() : null;
    }

    /// <summary>Writes points, each as "measurement tag=value,tag=value field=value seconds"; _ for no tags.</summary>
    public async Task WriteAsync(string partition, string lines, string tenant = "t1")
    {
        var points = new List<Point>();
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var tags = parts[1] == "_" ? [] : parts[1].Split(',').Select(tag => tag.Split('='));
            var set = TagSet.Of([.. tags.Select(tag => KeyValuePair.Create(Plain(tag[0]), Plain(tag[1])))]);
            var time = long.Parse(parts[3]) * 1_000_000_000;
            points.AddRange(
                parts[2]
                    .Split(',')
                    .Select(field => field.Split('='))
                    .Select(field => new Point(Plain(parts[0]), set, field[0], time, ValueOf(field[1])))
            );
        }

        await Series.WriteAsync(tenant, partition, points, Cancellation);
    }

    /// <summary>The points of a partition, each as "measurement,tags field=value seconds", in order.</summary>
    public async Task<string> PointsAsync(string partition, string tenant = "t1")
    {
        var found = new List<string>();
        foreach (var series in await Series.FindSeriesAsync(tenant, partition, null, null, Cancellation))
        {
            foreach (var field in series.Fields.Select(field => field.Name).Distinct())
            {
                var chunks = Series.ScanAsync(
                    tenant,
                    partition,
                    series.Measurement,
                    series.Tags,
                    field,
                    long.MinValue,
                    long.MaxValue,
                    false,
                    Cancellation
                );
                await foreach (var chunk in chunks)
                {
                    var key = $"{series.Measurement}{(series.Tags.Count > 0 ? "," : "")}{series.Tags}";
                    found.AddRange(
                        Enumerable
                            .Range(0, chunk.Count)
                            .Select(i => $"{key} {field}={chunk.ValueAt(i)} {chunk.Times.Span[i] / 1_000_000_000}")
                    );
                }
            }
        }

        return string.Join('\n', found.Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await Series.DisposeAsync();
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static string Plain(string text) => text.Replace('~', ' ').Replace(';', ',');

    private static FieldValue ValueOf(string text) =>
        text switch
        {
            "true" => FieldValue.Of(true),
            "false" => FieldValue.Of(false),
            ['"', .. var inner, '"'] => FieldValue.Of(inner),
            [.. var digits, 'i'] => FieldValue.Of(long.Parse(digits)),
            _ => FieldValue.Of(double.Parse(text)),
        };
}
