namespace Serverless.Domain.Series;

/// <summary>One value of one field of one series.</summary>
/// <param name="Measurement">The measurement, not empty.</param>
/// <param name="Tags">The tags; with the measurement they are the series.</param>
/// <param name="Field">The field's name, not empty.</param>
/// <param name="Time">Nanoseconds since 1970-01-01T00:00:00Z; negative before.</param>
/// <param name="Value">The value; a float is finite.</param>
public readonly record struct Point(string Measurement, TagSet Tags, string Field, long Time, FieldValue Value);

/// <summary>Takes points into a tenant's database. Writing a point again changes nothing; a later value for the same series, field and time replaces the earlier.</summary>
public interface ISeriesWriter
{
    /// <summary>Makes points ready to be written. Nothing is written yet, but what cannot be written is found.</summary>
    /// <returns>Writes them; when its task completes they are durable and every read sees them.</returns>
    /// <exception cref="ArgumentException">A point has no measurement, field or value, or is too large.</exception>
    Func<CancellationToken, Task> Prepare(string tenant, string database, IReadOnlyList<Point> points);
}

/// <summary>A field of a series.</summary>
public readonly record struct SeriesField(string Measurement, TagSet Tags, string Field);

/// <summary>A value of a field, and its time in nanoseconds since 1970.</summary>
public readonly record struct TimedValue(long Time, FieldValue Value);

/// <summary>Tells what fields last had as values.</summary>
public interface ISeriesTail
{
    /// <summary>The newest value of each field of a tenant's database up to a time, in nanoseconds since 1970, null where there is none; in the order asked for. Every write that had completed counts, and every series that has the field's tags, among others.</summary>
    Task<IReadOnlyList<TimedValue?>> ReadLastAsync(
        string tenant,
        string database,
        IReadOnlyList<SeriesField> fields,
        long lastNs,
        CancellationToken cancellation
    );
}

/// <summary>Erases points, by series or by age.</summary>
public interface ISeriesEraser
{
    /// <summary>Erases every point of the series of a tenant's database that have these tags, among others; durable when the task completes.</summary>
    Task EraseAsync(string tenant, string database, TagSet tags, CancellationToken cancellation);

    /// <summary>Erases the points of a tenant's database that are older than a time, in nanoseconds since 1970. It writes nothing where there are none.</summary>
    Task ApplyRetentionAsync(string tenant, string database, long cutoffNs, CancellationToken cancellation);
}
