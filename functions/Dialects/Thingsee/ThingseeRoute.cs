using System.Text.Json.Nodes;

namespace Serverless.Dialects.Thingsee;

/// <summary>One call of the API.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path below /v1, such as things/{name}/group.</param>
/// <param name="Writes">Whether it takes a caller that may write.</param>
/// <param name="HandleAsync">What it does; the result is the answer's member data.</param>
internal sealed record ThingseeRoute(string Method, string Path, bool Writes, Func<ThingseeRequest, Task<JsonNode>> HandleAsync)
{
    private const string Name = "{name}";
    private readonly string[] segments = Path.Split('/');

    /// <summary>What the path's {name} is, empty where it has none; null where it is another path.</summary>
    public string? Match(IReadOnlyList<string> path)
    {
        if (path.Count != segments.Length)
        {
            return null;
        }

        var name = "";
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] == Name && path[i].Length > 0)
            {
                name = path[i];
            }
            else if (segments[i] != path[i])
            {
                return null;
            }
        }

        return name;
    }
}
