using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>A series of numbers that a device has.</summary>
internal sealed record NumberSeries(SeriesInfo Info, string Field, string? Unit);

/// <summary>Reads a device's series beside one another: {"values":{time:[{min,max}, null …]},"series":[{unit,name,type}],"truncated"} (reference 1.5).</summary>
internal sealed class SeriesReader(SeriesStore store)
{
    /// <summary>The answer to a query.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="units">The system of units that is asked for.</param>
    /// <param name="most">The most times of the answer; 0 for any number.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async Task<JsonObject> ReadAsync(
        string tenant,
        DeviceTwin device,
        SeriesQuery query,
        SystemOfUnits units,
        int most,
        CancellationToken cancellation
    )
    {
        var limit = most == 0 ? int.MaxValue - 1 : most;
        var columns =
            new List<(NumberSeries Series, IReadOnlyDictionary<long, JsonObject> Cells, IReadOnlyDictionary<long, string> Labels)>();
        foreach (var series in await FindAsync(tenant, device, query.Names, cancellation))
        {
            var (cells, labels) = query.Interval is { } interval
                ? await AggregateAsync(series, query, interval, units.Find(series.Unit), limit + 1, cancellation)
                : (await ValuesAsync(series, query, units.Find(series.Unit), limit + 1, cancellation), EmptyLabels);
            if (cells.Count > 0 || query.Names.Count > 0)
            {
                columns.Add((series, cells, labels));
            }
        }

        // Of each series the first times are there; the first of all are among them.
        var times = columns.SelectMany(column => column.Cells.Keys).Distinct();
        var shown = (query.Descending ? times.OrderDescending() : times.Order()).Take(limit + 1).ToList();
        var values = new JsonObject();
        foreach (var time in shown.Take(limit))
        {
            var label = columns.Select(column => column.Labels.GetValueOrDefault(time)).FirstOrDefault(text => text is not null);
            values[label ?? Times.Of(time)] = new JsonArray([.. columns.Select(column => column.Cells.GetValueOrDefault(time))]);
        }

        return new JsonObject
        {
            ["values"] = values,
            ["series"] = new JsonArray([.. columns.Select(column => Describe(column.Series, units))]),
            ["truncated"] = shown.Count > limit,
        };
    }

    private static readonly IReadOnlyDictionary<long, string> EmptyLabels = new Dictionary<long, string>();

    private async Task<IReadOnlyList<NumberSeries>> FindAsync(
        string tenant,
        DeviceTwin device,
        IReadOnlyList<string> names,
        CancellationToken cancellation
    )
    {
        var tags = TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString());
        var units = device
            .Channels.GroupBy(channel => (channel.Measurement, channel.Field))
            .ToDictionary(same => same.Key, same => same.First().Unit);
        var all = (await store.FindSeriesAsync(tenant, Tenant.DeviceDatabase, null, own => own.Equals(tags), cancellation))
            .Where(series => series.Measurement != Readings.MessageMeasurement)
            .SelectMany(series =>
                series
                    .Fields.Where(field => field.Type is FieldType.Float or FieldType.Integer)
                    .Select(field => field.Name)
                    .Distinct()
                    .Select(field => new NumberSeries(series, field, units.GetValueOrDefault((series.Measurement, field))))
            )
            .ToList();
        return names.Count == 0 ? all : [.. names.SelectMany(name => FindAll(all, name)).Distinct()];
    }

    /// <summary>The series of a name, fragment.series or a fragment alone; or, where there is none, those of the names that a client has joined with commas.</summary>
    private static IEnumerable<NumberSeries> FindAll(IReadOnlyList<NumberSeries> all, string name) =>
        Find(all, name) is { Count: > 0 } found ? found : name.Split(',').SelectMany(part => Find(all, part));

    private static List<NumberSeries> Find(IReadOnlyList<NumberSeries> all, string name) =>
        [.. all.Where(series => $"{series.Info.Measurement}.{series.Field}" == name || series.Info.Measurement == name)];

    private async Task<IReadOnlyDictionary<long, JsonObject>> ValuesAsync(
        NumberSeries series,
        SeriesQuery query,
        UnitConversion? conversion,
        int most,
        CancellationToken cancellation
    )
    {
        var cells = new Dictionary<long, JsonObject>();
        await foreach (var chunk in ScanAsync(series, query, cancellation))
        {
            for (var i = 0; i < chunk.Count && cells.Count < most; i++)
            {
                var at = query.Descending ? chunk.Count - 1 - i : i;
                var value = chunk.ValueAt(at);
                JsonNode Number() =>
                    conversion is null && value.Type == FieldType.Integer
                        ? MeasurementJson.ToNode(value)
                        : MeasurementJson.FractionOf(conversion?.Of(Aggregate.ToDouble(value)) ?? value.Float);
                cells[chunk.Times.Span[at]] = new JsonObject { ["min"] = Number(), ["max"] = Number() };
            }

            if (cells.Count >= most)
            {
                break;
            }
        }

        return cells;
    }

    private async Task<(IReadOnlyDictionary<long, JsonObject>, IReadOnlyDictionary<long, string>)> AggregateAsync(
        NumberSeries series,
        SeriesQuery query,
        AggregationInterval interval,
        UnitConversion? conversion,
        int most,
        CancellationToken cancellation
    )
    {
        var (aggregates, labels) = (new Dictionary<long, Aggregate>(), new Dictionary<long, string>());
        var byValue = query.Functions.Any(function => function.StartsWith("stdDev", StringComparison.Ordinal));
        var (bucket, current) = (default(Bucket), (Aggregate?)null);

        Aggregate? For(long time)
        {
            if (current is null || time < bucket.Start || time >= bucket.End)
            {
                bucket = interval.BucketOf(time);
                if (!aggregates.TryGetValue(bucket.Start, out current))
                {
                    if (aggregates.Count == most)
                    {
                        return null;
                    }

                    aggregates[bucket.Start] = current = new Aggregate();
                    labels[bucket.Start] = $"{bucket.Label:yyyy-MM-dd'T'HH:mm:ss}.000Z";
                }
            }

            return current;
        }

        await foreach (var chunk in ScanAsync(series, query, cancellation))
        {
            var first = For(query.Descending ? chunk.MaxTime : chunk.MinTime);
            if (
                !byValue
                && first is not null
                && chunk.Statistics is { } block
                && chunk.MinTime >= bucket.Start
                && chunk.MaxTime < bucket.End
            )
            {
                first.Add(block, chunk.Count);
                continue;
            }

            for (var i = 0; i < chunk.Count && current is not null; i++)
            {
                var at = query.Descending ? chunk.Count - 1 - i : i;
                For(chunk.Times.Span[at])?.Add(Aggregate.ToDouble(chunk.ValueAt(at)));
            }

            if (current is null)
            {
                break;
            }
        }

        return (aggregates.ToDictionary(pair => pair.Key, pair => pair.Value.Write(query.Functions, conversion)), labels);
    }

    private IAsyncEnumerable<ColumnChunk> ScanAsync(NumberSeries series, SeriesQuery query, CancellationToken cancellation) =>
        store
            .ScanAsync(series.Info, series.Field, query.From, query.To, query.Descending, cancellation)
            .Where(chunk => chunk.Type is FieldType.Float or FieldType.Integer);

    private static JsonObject Describe(NumberSeries series, SystemOfUnits units)
    {
        // Clients read the unit whether the series has one or not.
        return new JsonObject
        {
            ["unit"] = series.Unit is { } unit ? units.Find(unit)?.Unit ?? unit : "",
            ["name"] = series.Field,
            ["type"] = series.Info.Measurement,
        };
    }
}
