using Serverless.Domain.Series;
using Serverless.TimeSeries.Partitions;

namespace Serverless.TimeSeries;

/// <summary>A field of a series and a type that it has had. A field of two types is listed twice.</summary>
public readonly record struct FieldInfo(string Name, FieldType Type)
{
    /// <summary>By name, ordinally, and then type.</summary>
    internal static int Order(FieldInfo left, FieldInfo right)
    {
        var byName = string.CompareOrdinal(left.Name, right.Name);
        return byName != 0 ? byName : left.Type.CompareTo(right.Type);
    }
}

/// <summary>A series that has points.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Tags">The tags.</param>
/// <param name="Fields">Its fields, by name and then type.</param>
/// <param name="MinTime">No point is before this time (nanoseconds since 1970); there need not be one at it.</param>
/// <param name="MaxTime">No point is after this time.</param>
public sealed record SeriesInfo(string Measurement, TagSet Tags, IReadOnlyList<FieldInfo> Fields, long MinTime, long MaxTime)
{
    /// <summary>Where its points are; null in a description that the store did not make.</summary>
    internal Partition? Partition { get; init; }
}
