using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Paging;

/// <summary>The page that a request asks for.</summary>
internal static class PageReads
{
    /// <summary>Reads the page of a request.</summary>
    /// <param name="pages">Where pages begin.</param>
    /// <param name="request">The request; its parameters, but those of the page, name the query.</param>
    /// <param name="read">Reads up to a number of items from a cursor on.</param>
    public static Task<(IReadOnlyList<T> Items, bool HasMore)> ReadAsync<T>(
        this PageCursors pages,
        CumulocityRequest request,
        Func<int, string?, Task<(IReadOnlyList<T> Items, string? Cursor)>> read
    ) => pages.ReadAsync(request.Tenant, QueryOf(request), request.Page.Skip, request.Page.Size, read);

    private static string QueryOf(CumulocityRequest request)
    {
        var http = request.Context.Request;
        var filters = http
            .Query.Where(pair => pair.Key is not ("currentPage" or "pageSize" or "withTotalPages" or "withTotalElements"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value.ToString())}");
        return $"{http.Path.Value!.ToLowerInvariant()} {request.Caller.User} {string.Join('&', filters)}";
    }
}
