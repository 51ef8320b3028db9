using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Paging;

/// <summary>Serves collections that the store lists from cursors as numbered pages.</summary>
internal sealed class CollectionPages(PageCursors cursors)
{
    /// <summary>The page that a request asks for.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="member">The member that holds the items, such as alarms.</param>
    /// <param name="type">The vendor's media type, such as alarmcollection.</param>
    /// <param name="read">Reads up to a number of items from a cursor on.</param>
    /// <param name="count">Counts all items; asked where the request wants totals.</param>
    /// <param name="show">Writes an item.</param>
    public async Task<CumulocityAnswer> ReadAsync<T>(
        CumulocityRequest request,
        string member,
        string type,
        Func<int, string?, Task<(IReadOnlyList<T> Items, string? Cursor)>> read,
        Func<Task<long>> count,
        Func<T, Task<JsonObject>> show
    )
    {
        var page = request.Page;
        var (items, hasMore) = await cursors.ReadAsync(request, read);
        var shown = new List<JsonNode>();
        foreach (var item in items)
        {
            shown.Add(await show(item));
        }

        return PageAnswer.Of(request, member, type, shown, hasMore, page.WithTotals ? await count() : null);
    }
}
