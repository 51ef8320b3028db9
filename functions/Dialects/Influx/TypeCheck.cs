using Serverless.Domain.Series;
using Serverless.InfluxQL.LineProtocol;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Influx;

/// <summary>Sorts out the lines of one body that cannot be stored: a line stands or falls with all of its fields.</summary>
/// <param name="types">The types of fields.</param>
/// <param name="tenant">The tenant.</param>
/// <param name="partition">Where the points go in the series store.</param>
internal sealed class TypeCheck(FieldTypes types, string tenant, string partition)
{
    private readonly Dictionary<string, MeasurementTypes> measurements = [];
    private readonly HashSet<string> fresh = [];
    private readonly List<Point> kept = [];
    private bool keepsAll = true;
    private bool isKnown;

    /// <summary>Lines that are older than the retention policy keeps.</summary>
    public int Beyond { get; private set; }

    /// <summary>Lines with a field of another type than it has.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Why the first of those is dropped; null if none is.</summary>
    public string? Conflict { get; private set; }

    /// <summary>Whether the points bring no types but such as their fields are remembered to have.</summary>
    public bool IsKnown(PointBatch points)
    {
        var (measurement, known) = ((string?)null, (MeasurementTypes?)null);
        for (var i = 0; i < points.Columns.Count; i++)
        {
            if (points.CountOf(i) == 0)
            {
                continue;
            }

            var (series, field, type) = points.Columns[i];
            if (points.Series[series].Measurement != measurement)
            {
                measurement = points.Series[series].Measurement;
                known = types.Find(tenant, partition, measurement);
            }

            if (known?.Has(field, type) != true)
            {
                return false;
            }
        }

        return isKnown = true;
    }

    /// <summary>Sorts the lines. Where they are not <see cref="IsKnown"/>, the caller has entered and stays in until they are stored.</summary>
    /// <returns>The points of the lines that remain.</returns>
    public async ValueTask<IReadOnlyList<Point>> CheckAsync(LineBatch batch, long cutoff, CancellationToken cancellation)
    {
        if (batch.Points.MinTime >= cutoff && (isKnown || await AllowsAllAsync(batch.Points, cancellation)))
        {
            return batch.Points;
        }

        var start = 0;
        foreach (var end in batch.LineEnds)
        {
            await CheckLineAsync(batch.Points, start, end, cutoff, cancellation);
            start = end;
        }

        return keepsAll ? batch.Points : kept;
    }

    /// <summary>Whether no line need be looked at: each field has one type in these points, and one that it may have.</summary>
    private async ValueTask<bool> AllowsAllAsync(PointBatch points, CancellationToken cancellation)
    {
        var found = new Dictionary<(string Measurement, string Field), (FieldType Type, MeasurementTypes Known)>();
        for (var i = 0; i < points.Columns.Count; i++)
        {
            if (points.CountOf(i) == 0)
            {
                continue;
            }

            var (series, field, type) = points.Columns[i];
            var measurement = points.Series[series].Measurement;
            if (found.TryGetValue((measurement, field), out var other))
            {
                if (other.Type != type)
                {
                    return false;
                }

                continue;
            }

            var known = await types.GetAsync(tenant, partition, measurement, cancellation);
            if (!known.Allows(field, type, out _))
            {
                return false;
            }

            found.Add((measurement, field), (type, known));
        }

        foreach (var ((_, field), (type, known)) in found)
        {
            known.Add(field, type);
        }

        return true;
    }

    private async ValueTask CheckLineAsync(PointBatch points, int start, int end, long cutoff, CancellationToken cancellation)
    {
        var measurement = points[start].Measurement;
        if (points[start].Time < cutoff)
        {
            Beyond++;
            Drop(points, start);
            return;
        }

        if (!measurements.TryGetValue(measurement, out var known))
        {
            measurements[measurement] = known = await types.GetAsync(tenant, partition, measurement, cancellation);
        }

        var conflict = FindConflict(known, points, start, end);
        if (conflict is not null && fresh.Add(measurement))
        {
            measurements[measurement] = known = await types.ReadAsync(tenant, partition, measurement, cancellation);
            Remember(known, measurement, points, start);
            conflict = FindConflict(known, points, start, end);
        }

        if (conflict is not null)
        {
            Conflicts++;
            Conflict ??= conflict;
            Drop(points, start);
            return;
        }

        for (var i = start; i < end; i++)
        {
            known.Add(points[i].Field, points[i].Value.Type);
            if (!keepsAll)
            {
                kept.Add(points[i]);
            }
        }
    }

    /// <summary>What was read anew does not have the lines of this body that come before: they are not written yet.</summary>
    private void Remember(MeasurementTypes known, string measurement, PointBatch points, int start)
    {
        foreach (var point in keepsAll ? points.Take(start) : kept)
        {
            if (point.Measurement == measurement)
            {
                known.Add(point.Field, point.Value.Type);
            }
        }
    }

    private void Drop(PointBatch points, int start)
    {
        if (keepsAll)
        {
            keepsAll = false;
            kept.AddRange(points.Take(start));
        }
    }

    private static string? FindConflict(MeasurementTypes known, PointBatch points, int start, int end)
    {
        // A line may itself have a new field twice.
        var line = points.IsMixed ? new Dictionary<string, FieldType>() : null;
        for (var i = start; i < end; i++)
        {
            var point = points[i];
            if (
                !known.Allows(point.Field, point.Value.Type, out var other)
                || (
                    line is not null
                    && !line.TryAdd(point.Field, point.Value.Type)
                    && (other = line[point.Field]) != point.Value.Type
                    && !known.Has(point.Field, point.Value.Type)
                )
            )
            {
                return $"field type conflict: input field \"{point.Field}\" on measurement \"{point.Measurement}\" is type {NameOf(point.Value.Type)}"
                    + $", already exists as type {NameOf(other)}";
            }
        }

        return null;
    }

    private static string NameOf(FieldType type) =>
        type switch
        {
            FieldType.Float => "float",
            FieldType.Integer => "integer",
            FieldType.Boolean => "boolean",
            _ => "string",
        };
}
