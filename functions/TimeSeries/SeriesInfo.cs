using Serverless.Domain.Series;

namespace Serverless.TimeSeries;

/// <summary>A field of a series and a type that it has had. A field of two types is listed twice.</summary>
public readonly record struct FieldInfo(string Name, FieldType Type);

/// <summary>A series that has points.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Tags">The tags.</param>
/// <param name="Fields">Its fields, by name and then type.</param>
/// <param name="MinTime">No point is before this time (nanoseconds since 1970); there need not be one at it.</param>
/// <param name="MaxTime">No point is after this time.</param>
public sealed record SeriesInfo(string Measurement, TagSet Tags, IReadOnlyList<FieldInfo> Fields, long MinTime, long MaxTime);

/// <summary>A value at a time in nanoseconds since 1970.</summary>
public readonly record struct TimedValue(long Time, FieldValue Value);
