using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Reads queries, and looks up what it needs of the hierarchy before it can be asked.</summary>
internal sealed class QueryReader(Links links)
{
    // Each object of a hierarchy costs the store a question for each relation.
    private const int MostObjects = 2000;

    // Each term is some conditions in the store's language, whose statements are bounded.
    private const int LongestQuery = 16_384;

    private static readonly Relation[] Relations = Enum.GetValues<Relation>();

    /// <summary>The query as a filter and an order over twins.</summary>
    /// <exception cref="CumulocityException">It is no query.</exception>
    public async Task<TwinQuery> ReadAsync(string tenant, string text, CancellationToken cancellation)
    {
        var query = Parse(text);
        if (query.Filter is null)
        {
            return new TwinQuery(null, QueryTranslator.Translate(query.Order));
        }

        var below = new Dictionary<string, IReadOnlyCollection<string>>();
        foreach (var root in Roots(query.Filter).Distinct())
        {
            below[root] = await WithChildrenAsync(tenant, root, cancellation);
        }

        return new TwinQuery(new QueryTranslator(root => below[root]).Translate(query.Filter), QueryTranslator.Translate(query.Order));
    }

    private static ObjectQuery Parse(string text)
    {
        try
        {
            return text.Length <= LongestQuery
                ? QueryParser.Parse(text)
                : throw new QuerySyntaxException(LongestQuery + 1, $"A query has at most {LongestQuery} characters.");
        }
        catch (QuerySyntaxException wrong)
        {
            throw CumulocityErrors.Invalid(
                "inventory",
                $"Find by filter query failed : Query could not be understood. Character {wrong.Position}: {wrong.Message}"
            );
        }
    }

    private static IEnumerable<string> Roots(QueryNode node) =>
        node switch
        {
            QueryNode.Below below => below.Roots,
            QueryNode.And and => and.Terms.SelectMany(Roots),
            QueryNode.Or or => or.Terms.SelectMany(Roots),
            QueryNode.Not not => Roots(not.Term),
            _ => [],
        };

    /// <summary>The object and all below it that have children.</summary>
    private async Task<IReadOnlyCollection<string>> WithChildrenAsync(string tenant, string root, CancellationToken cancellation)
    {
        var (found, seen, left) = (new HashSet<string>(), new HashSet<string> { root }, new Queue<string>([root]));
        while (left.TryDequeue(out var id))
        {
            foreach (var relation in Relations)
            {
                await foreach (var child in links.AllChildrenAsync(tenant, id, relation, cancellation))
                {
                    found.Add(id);
                    if (seen.Add(child))
                    {
                        left.Enqueue(child);
                    }
                }
            }

            if (seen.Count > MostObjects)
            {
                throw CumulocityErrors.Invalid(
                    "inventory",
                    $"Find by filter query failed : isinhierarchyof({root}) has more than {MostObjects} objects below it."
                );
            }
        }

        return found;
    }
}
