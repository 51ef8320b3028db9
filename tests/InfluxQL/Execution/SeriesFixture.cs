using System.Globalization;
using System.Text;
using Serverless.Contracts.Series;
using Serverless.Domain.Series;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Planning;
using Serverless.InfluxQL.Regexes;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Tests.Execution;

/// <summary>A series store in memory, and queries of it.</summary>
internal sealed class SeriesFixture : ISourceResolver, IAsyncDisposable
{
    /// <summary>1970-01-01T01:00:00Z: what now() is.</summary>
    private const long Now = 3_600_000_000_000;

    public SeriesStore Store { get; } = new(new MemoryRunStore(), TimeProvider.System);

    public QueryLimits Limits { get; init; } = new();

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    /// <summary>Writes lines of simple line protocol, without escapes.</summary>
    public Task WriteAsync(string lines) =>
        Store.WriteAsync("t", "p", [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(PointsOf)], default);

    public async Task<string> QueryAsync(string query, CancellationToken cancellation = default)
    {
        var sink = new TextSink();
        var statement = (SelectStatement)InfluxQuery.Parse(query)[0];
        var plan = await SelectPlanner.PlanAsync(statement, this, new PlanContext(Now, Limits), cancellation);
        await SelectRunner.RunAsync(plan, new QueryContext("t", Store, Now, Limits, new QueryMeter(Limits)), sink, cancellation);
        return sink.ToString();
    }

    public async ValueTask<IReadOnlyList<MeasurementSource>> ResolveAsync(Measurement source, CancellationToken cancellation)
    {
        var regex = source.Regex is null ? null : RegexSyntax.ToRegex(source.Regex.Pattern);
        var series = await Store.FindSeriesAsync("t", "p", null, null, cancellation);
        return
        [
            .. from info in series
            where regex?.IsMatch(info.Measurement) ?? info.Measurement == source.Name
            group info by info.Measurement into measurement
            select new MeasurementSource("p", measurement.Key, [.. measurement]),
        ];
    }

    private static IEnumerable<Point> PointsOf(string line)
    {
        var parts = line.Trim().Split(' ');
        var key = parts[0].Split(',');
        var tags = TagSet.Of([.. key.Skip(1).Select(tag => tag.Split('=')).Select(tag => KeyValuePair.Create(tag[0], tag[1]))]);
        foreach (var field in parts[1].Split(',').Select(field => field.Split('=')))
        {
            yield return new Point(key[0], tags, field[0], long.Parse(parts[2], CultureInfo.InvariantCulture), ValueOf(field[1]));
        }
    }

    private static FieldValue ValueOf(string text) =>
        text[0] == '"' ? FieldValue.Of(text.Trim('"'))
        : text is "true" or "false" ? FieldValue.Of(text == "true")
        : text[^1] == 'i' ? FieldValue.Of(long.Parse(text[..^1], CultureInfo.InvariantCulture))
        : FieldValue.Of(double.Parse(text, CultureInfo.InvariantCulture));
}
