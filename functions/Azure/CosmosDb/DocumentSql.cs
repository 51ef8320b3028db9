using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Questions to one kind of one partition as SQL. The partition is no part of it: it goes with the request.</summary>
internal static class DocumentSql
{
    public static QueryText Count(DocumentQuery query, long now) => Select("VALUE COUNT(1)", query, now, "");

    /// <summary>What the filter matches, in an order that the container has an index for.</summary>
    public static QueryText Page(DocumentQuery query, long now)
    {
        // The kind is one and the same, but with it first the order is a composite index's.
        var keys = (query.Order ?? []).Select(by => $"c.o[\"{DocumentOrders.NameOf(by.Path)}\"]{(by.Descending ? " DESC" : "")}");
        return Select("*", query, now, $" ORDER BY {string.Join(", ", keys.Prepend("c.k").Append("c.id"))}");
    }

    /// <summary>What the filter matches, in no order.</summary>
    public static QueryText Matches(DocumentQuery query, long now) => Select("*", query, now, "");

    private static QueryText Select(string what, DocumentQuery query, long now, string order)
    {
        var parameters = new QueryParameters();
        var kind = parameters.Add(query.Kind);
        var live = $"(NOT IS_DEFINED(c.e) OR c.e > {parameters.Add(now)})";
        var filter = query.Filter is null ? "" : $" AND {new FilterSql(parameters).Condition(query.Filter)}";
        return parameters.Complete($"SELECT {what} FROM c WHERE c.k = {kind} AND {live}{filter}{order}");
    }
}
