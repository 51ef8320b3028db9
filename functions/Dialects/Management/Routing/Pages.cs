using System.Text.Json.Nodes;
using Serverless.Domain;

namespace Serverless.Dialects.Management.Routing;

/// <summary>Lists in pages: {"items":[…],"next":cursor or null}.</summary>
internal static class Pages
{
    public static readonly IReadOnlyList<QueryParameter> Parameters = [QueryParameters.Limit, QueryParameters.Cursor];

    /// <param name="request">The request, of a route with <see cref="Parameters"/>.</param>
    /// <param name="read">Reads a page of the limit and from the cursor given.</param>
    /// <param name="show">Writes an item.</param>
    /// <exception cref="DomainException">The cursor is not one that this list gave.</exception>
    public static async Task<Answer> ReadAsync<T>(
        ManagementRequest request,
        Func<int, string?, Task<(IReadOnlyList<T> Items, string? Cursor)>> read,
        Func<T, JsonObject> show
    )
    {
        var cursor = request.Query.Text(QueryParameters.Cursor.Name);
        try
        {
            var (items, next) = await read(request.Query.Integer(QueryParameters.Limit.Name, 100), cursor);
            return Answer.Ok(Of(items.Select(show), next));
        }
        catch (Exception broken) when (cursor is not null && broken is ArgumentException or FormatException or IOException)
        {
            throw DomainException.Invalid(QueryParameters.Cursor.Name, "The cursor is not one that this list gave, in this order.");
        }
    }

    private static JsonObject Of(IEnumerable<JsonObject> items, string? next) =>
        new() { ["items"] = new JsonArray([.. items]), ["next"] = next };
}
