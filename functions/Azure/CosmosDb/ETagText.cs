using System.Globalization;

namespace Serverless.Azure.CosmosDb;

/// <summary>The entity tags that the store gives: Cosmos DB's without its quotes and, where this version of the document ends of itself,
/// a dot and when.</summary>
/// <remarks>So a write with an entity tag knows without a request whether the version that it is about has expired.</remarks>
internal static class ETagText
{
    /// <summary>What no version has.</summary>
    public const string None = "\"none\"";

    public static string Write(string etag, long? expires)
    {
        var bare = etag.Trim('"');
        return expires is { } end ? string.Create(CultureInfo.InvariantCulture, $"{bare}.{end:x}") : bare;
    }

    /// <summary>What If-Match says: Cosmos DB's entity tag, or <see cref="None"/> where the tag is none of ours or its version has
    /// expired.</summary>
    public static string Read(string etag, long now)
    {
        var dot = etag.IndexOf('.', StringComparison.Ordinal);
        var bare = dot < 0 ? etag : etag[..dot];
        var expires = long.MaxValue;
        var valid =
            bare.Length is > 0 and <= 100
            && bare.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            && (dot < 0 || long.TryParse(etag.AsSpan(dot + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out expires));
        return valid && expires > now ? $"\"{bare}\"" : None;
    }
}
