using Microsoft.Extensions.Primitives;

namespace Serverless.Dialects.Management;

/// <summary>Entity tags between the store, which has them bare, and HTTP, which has them quoted (RFC 9110, section 8.8.3).</summary>
internal static class EntityTags
{
    public const string Any = "*";

    public static string Quote(string tag) => $"\"{tag}\"";

    /// <summary>The tags of an If-Match or If-None-Match header without their quotes; a weak tag keeps its W/ and so matches nothing.</summary>
    public static IEnumerable<string> Read(StringValues header) =>
        header
            .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(tag => tag.Length >= 2 && tag[0] == '"' && tag[^1] == '"' ? tag[1..^1] : tag);
}
