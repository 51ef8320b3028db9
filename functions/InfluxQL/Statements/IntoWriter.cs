using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Execution;
using Serverless.InfluxQL.Results;

namespace Serverless.InfluxQL.Statements;

/// <summary>Writes the rows of a SELECT as points: its groups' tags are their tags, its columns their fields.</summary>
/// <param name="context">The statement.</param>
/// <param name="policy">Where they go.</param>
/// <param name="name">The measurement, or null for that of each row's series.</param>
internal sealed class IntoWriter(StatementContext context, RetentionPolicy policy, string? name) : IResultSink
{
    // As many values as a batch of line protocol has.
    private const int BatchPoints = 20_000;

    private readonly long cutoff = policy.Cutoff(context.Time.GetUtcNow());
    private readonly Dictionary<string, Dictionary<string, FieldType>> types = new(StringComparer.Ordinal);
    private readonly List<Point> points = [];
    private SeriesHeader header = new(null, null, [], false);
    private string measurement = "";
    private TagSet tags = TagSet.Empty;
    private Dictionary<string, FieldType> known = [];
    private string? conflict;
    private int conflicts;
    private int expired;

    /// <summary>The rows that became points.</summary>
    public long Written { get; private set; }

    public ValueTask BeginAsync(int statement, TimeZoneInfo? zone, CancellationToken cancellation) => ValueTask.CompletedTask;

    public async ValueTask SeriesAsync(SeriesHeader header, CancellationToken cancellation)
    {
        if (!header.HasTime || header.Columns[0] != "time")
        {
            throw new QueryException("error finding time index in result");
        }

        this.header = header;
        measurement = name ?? header.Name ?? "";
        tags = TagsOf(header.Tags ?? GroupTags.None);
        known = types.TryGetValue(measurement, out var found) ? found : types[measurement] = await TypesOfAsync(measurement, cancellation);
    }

    public async ValueTask RowsAsync(RowBlock rows, CancellationToken cancellation)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            Add(rows, row);
            if (points.Count + conflicts + expired >= BatchPoints)
            {
                await FlushAsync(cancellation);
            }
        }
    }

    public void Warn(string text) => context.Sink.Warn(text);

    public ValueTask EndAsync(string? error, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Writes what has been gathered.</summary>
    /// <exception cref="QueryException">Some rows cannot be written; the others are.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (points.Count > 0)
        {
            await context.Series.WriteAsync(context.Tenant, policy.Partition, points, cancellation);
            points.Clear();
        }

        if (conflicts + expired > 0)
        {
            throw new QueryException(
                conflicts > 0
                    ? $"partial write: {conflict} dropped={conflicts}"
                    : $"partial write: points beyond retention policy dropped={expired}"
            );
        }
    }

    /// <summary>Adds a row, if it is no older than the policy takes and its values have their fields' types. One without a value is no point.</summary>
    private void Add(RowBlock rows, int row)
    {
        var time = rows.Times.Span[row];
        var before = points.Count;
        for (var i = 0; i < rows.Columns.Count; i++)
        {
            var value = rows.Columns[i][row];
            if (
                value.Type != default
                && value is not { Type: FieldType.Float, Float: double.NaN or double.PositiveInfinity or double.NegativeInfinity }
            )
            {
                points.Add(new Point(measurement, tags, header.Columns[i + 1], time, value));
            }
        }

        if (points.Count == before)
        {
            return;
        }

        if (time < cutoff)
        {
            expired++;
        }
        else if (FindConflict(before) is { } found)
        {
            conflict ??= found;
            conflicts++;
        }
        else
        {
            for (var i = before; i < points.Count; i++)
            {
                known.TryAdd(points[i].Field, points[i].Value.Type);
            }

            Written++;
            return;
        }

        points.RemoveRange(before, points.Count - before);
    }

    private string? FindConflict(int start)
    {
        for (var i = start; i < points.Count; i++)
        {
            var (field, type) = (points[i].Field, points[i].Value.Type);
            if (known.TryGetValue(field, out var there) && there != type)
            {
                return $"field type conflict: input field \"{field}\" on measurement \"{measurement}\" is type {NameOf(type)}, "
                    + $"already exists as type {NameOf(there)}";
            }
        }

        return null;
    }

    private async ValueTask<Dictionary<string, FieldType>> TypesOfAsync(string measurement, CancellationToken cancellation)
    {
        var series = await context.Series.FindSeriesAsync(context.Tenant, policy.Partition, measurement, null, cancellation);
        var stored = new Dictionary<string, FieldType>(StringComparer.Ordinal);
        foreach (var field in series.SelectMany(info => info.Fields))
        {
            stored.TryAdd(field.Name, field.Type);
        }

        return stored;
    }

    private static TagSet TagsOf(GroupTags group)
    {
        var pairs = new KeyValuePair<string, string>[group.Keys.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = KeyValuePair.Create(group.Keys[i], group.Values[i]);
        }

        return TagSet.Of(pairs);
    }

    private static string NameOf(FieldType type) => type.ToString().ToLowerInvariant();
}
