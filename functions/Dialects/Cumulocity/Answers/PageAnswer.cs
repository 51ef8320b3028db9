using System.Text;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Requests;

namespace Serverless.Dialects.Cumulocity.Answers;

/// <summary>One page of a collection with its links and statistics (reference 1.1).</summary>
internal static class PageAnswer
{
    private static readonly string[] OwnParameters = ["currentPage", "pageSize"];

    /// <summary>The page as an answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="member">The member that holds the items, such as managedObjects.</param>
    /// <param name="type">The vendor's media type, such as managedobjectcollection.</param>
    /// <param name="items">The items.</param>
    /// <param name="hasMore">Whether another page follows.</param>
    /// <param name="total">How many items all pages have; needed where the request asks for totals.</param>
    public static CumulocityAnswer Of(
        CumulocityRequest request,
        string member,
        string type,
        IEnumerable<JsonNode> items,
        bool hasMore,
        long? total = null
    ) => CumulocityAnswer.Ok(Document(request, member, items, hasMore, total), type);

    /// <summary>The page as a document, to which a route may add members of its own.</summary>
    public static JsonObject Document(CumulocityRequest request, string member, IEnumerable<JsonNode> items, bool hasMore, long? total)
    {
        var page = request.Page;
        var document = new JsonObject { ["self"] = Link(request, page.Number) };
        if (page.Number > 1)
        {
            document["prev"] = Link(request, page.Number - 1);
        }

        if (hasMore)
        {
            document["next"] = Link(request, page.Number + 1);
        }

        document[member] = new JsonArray([.. items]);
        document["statistics"] = Statistics(page, total);
        return document;
    }

    private static JsonObject Statistics(PageRequest page, long? total)
    {
        var statistics = new JsonObject();
        if (page.WithTotalPages && total is { } all)
        {
            statistics["totalPages"] = page.Size == 0 ? 0 : (all + page.Size - 1) / page.Size;
        }

        statistics["pageSize"] = page.Size;
        statistics["currentPage"] = page.Number;
        if (page.WithTotalElements && total is { } elements)
        {
            statistics["totalElements"] = elements;
        }

        return statistics;
    }

    /// <summary>The link to a page: the request's own filters, then pageSize and currentPage in this order, which clients look for.</summary>
    private static string Link(CumulocityRequest request, int number)
    {
        var http = request.Context.Request;
        var link = new StringBuilder(request.Urls.Of(http.Path.ToUriComponent())).Append('?');
        foreach (var (name, values) in http.Query.Where(pair => !OwnParameters.Contains(pair.Key)))
        {
            foreach (var value in values)
            {
                link.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value ?? "")).Append('&');
            }
        }

        return link.Append($"pageSize={request.Page.Size}&currentPage={number}").ToString();
    }
}
