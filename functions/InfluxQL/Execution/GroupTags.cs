using Serverless.Domain.Series;

namespace Serverless.InfluxQL.Execution;

/// <summary>Tag keys in ordinal order and their values, "" where there is none: what a group is named by. Ordered by the values.</summary>
public sealed class GroupTags : IEquatable<GroupTags>, IComparable<GroupTags>
{
    public static readonly GroupTags None = new([], []);

    private readonly string[] keys;
    private readonly string[] values;

    private GroupTags(string[] keys, string[] values) => (this.keys, this.values) = (keys, values);

    public ReadOnlySpan<string> Keys => keys;

    public ReadOnlySpan<string> Values => values;

    /// <summary>The tag's value; "" where there is none.</summary>
    public string this[string key]
    {
        get
        {
            var at = Array.BinarySearch(keys, key, StringComparer.Ordinal);
            return at < 0 ? "" : values[at];
        }
    }

    /// <param name="sortedKeys">Distinct keys in ordinal order; the array is kept.</param>
    /// <param name="tags">The tags to take the values from.</param>
    public static GroupTags Of(string[] sortedKeys, TagSet tags) =>
        sortedKeys.Length == 0 ? None : new(sortedKeys, Array.ConvertAll(sortedKeys, key => tags[key] ?? ""));

    /// <summary>The tags of these keys only.</summary>
    /// <param name="sortedKeys">Distinct keys in ordinal order; the array is kept.</param>
    public GroupTags Subset(string[] sortedKeys) =>
        ReferenceEquals(sortedKeys, keys) ? this
        : sortedKeys.Length == 0 ? None
        : new(sortedKeys, Array.ConvertAll(sortedKeys, key => this[key]));

    public int CompareTo(GroupTags? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (var i = 0; i < Math.Min(values.Length, other.values.Length); i++)
        {
            var order = string.CompareOrdinal(values[i], other.values[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return values.Length.CompareTo(other.values.Length);
    }

    public bool Equals(GroupTags? other) =>
        other is not null && keys.AsSpan().SequenceEqual(other.keys) && values.AsSpan().SequenceEqual(other.values);

    public override bool Equals(object? obj) => Equals(obj as GroupTags);

    public override int GetHashCode()
    {
        var code = new HashCode();
        foreach (var value in values)
        {
            code.Add(value, StringComparer.Ordinal);
        }

        return code.ToHashCode();
    }

    public static bool operator ==(GroupTags? left, GroupTags? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(GroupTags? left, GroupTags? right) => !(left == right);

    public static bool operator <(GroupTags left, GroupTags right) => left.CompareTo(right) < 0;

    public static bool operator <=(GroupTags left, GroupTags right) => left.CompareTo(right) <= 0;

    public static bool operator >(GroupTags left, GroupTags right) => left.CompareTo(right) > 0;

    public static bool operator >=(GroupTags left, GroupTags right) => left.CompareTo(right) >= 0;
}
