using Serverless.Dialects.Cumulocity.Answers;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>Whom a route is open to.</summary>
internal enum Permission
{
    /// <summary>Everybody, without a login.</summary>
    None,

    /// <summary>Whoever may read the tenant, and devices (what they may see of it is the route's matter).</summary>
    Read,

    /// <summary>Whoever may write, and devices (what they may change is the route's matter).</summary>
    Write,

    /// <summary>The tenant's admins.</summary>
    Admin,

    /// <summary>Devices that have no credentials yet: the login that all of them share.</summary>
    Bootstrap,
}

/// <summary>One call of the API.</summary>
/// <param name="Method">Its method; GET answers HEAD too.</param>
/// <param name="Path">Its path, such as /inventory/managedObjects/{id}; a last {**name} takes what is left, slashes and all. Fixed segments match in any case.</param>
/// <param name="Permission">Whom it is open to.</param>
/// <param name="HandleAsync">What it does.</param>
internal sealed record CumulocityRoute(
    string Method,
    string Path,
    Permission Permission,
    Func<CumulocityRequest, Task<CumulocityAnswer>> HandleAsync
)
{
    private readonly string[] segments = Path.Trim('/').Split('/');

    /// <summary>Media types that it answers with besides JSON, such as text/csv.</summary>
    public IReadOnlyList<string> Produces { get; init; } = [];

    /// <summary>How many of its segments are fixed: the route with more of them comes first.</summary>
    public int FixedSegments { get; } = Path.Trim('/').Split('/').Count(segment => !segment.StartsWith('{'));

    /// <summary>The names that the path gives, or null where it is another path.</summary>
    public Dictionary<string, string>? Match(IReadOnlyList<string> path)
    {
        var names = new Dictionary<string, string>();
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.StartsWith("{**", StringComparison.Ordinal))
            {
                names[segment[3..^1]] = string.Join('/', path.Skip(i));
                return path.Count > i ? names : null;
            }

            if (i >= path.Count)
            {
                return null;
            }

            if (segment.StartsWith('{'))
            {
                names[segment[1..^1]] = path[i];
            }
            else if (!segment.Equals(path[i], StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return path.Count == segments.Length && names.Values.All(name => name.Length > 0) ? names : null;
    }
}

/// <summary>The routes of a part of the API.</summary>
internal interface ICumulocityRoutes
{
    IEnumerable<CumulocityRoute> All();
}
