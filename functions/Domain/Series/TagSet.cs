namespace Serverless.Domain.Series;

/// <summary>Tags of a series: distinct keys in ordinal order, each with a value that is not empty (an empty value is no tag, as in Influx). Immutable, with its hash at hand.</summary>
public sealed class TagSet : IEquatable<TagSet>
{
    public static readonly TagSet Empty = new([]);

    private readonly KeyValuePair<string, string>[] tags;
    private readonly int hash;

    private TagSet(KeyValuePair<string, string>[] sorted)
    {
        tags = sorted;
        var code = new HashCode();
        foreach (var (key, value) in sorted)
        {
            code.Add(key, StringComparer.Ordinal);
            code.Add(value, StringComparer.Ordinal);
        }

        hash = code.ToHashCode();
    }

    public ReadOnlySpan<KeyValuePair<string, string>> Tags => tags;

    public int Count => tags.Length;

    /// <summary>The tag's value, or null where the set has none of that key.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var (k, v) in tags)
            {
                if (k == key)
                {
                    return v;
                }
            }

            return null;
        }
    }

    /// <summary>Makes a tag set; tags with empty values fall away, the last of equal keys stands.</summary>
    public static TagSet Of(params ReadOnlySpan<KeyValuePair<string, string>> tags)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            if (value.Length > 0)
            {
                sorted[key] = value;
            }
            else
            {
                sorted.Remove(key);
            }
        }

        return sorted.Count == 0 ? Empty : new TagSet([.. sorted]);
    }

    public static TagSet Of(string key, string value) => Of(KeyValuePair.Create(key, value));

    public bool Equals(TagSet? other) =>
        ReferenceEquals(this, other) || (other is not null && hash == other.hash && tags.Length == other.tags.Length && HasTagsOf(other));

    /// <remarks>Pairs of keys and values have no comparison of their own but one by reflection.</remarks>
    private bool HasTagsOf(TagSet other)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Value != other.tags[i].Value || tags[i].Key != other.tags[i].Key)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as TagSet);

    public override int GetHashCode() => hash;

    public override string ToString() => string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
