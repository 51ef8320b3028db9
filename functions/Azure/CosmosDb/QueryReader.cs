using System.Runtime.CompilerServices;
using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>Pages and counts of one logical partition.</summary>
internal sealed class QueryReader(CosmosRequests requests, DocumentOrders orders, TimeProvider time)
{
    private const int ServicePage = 1000;

    private long Now => CosmosItem.Microseconds(time.GetUtcNow());

    public async Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation)
    {
        var (counts, more) = await requests.QueryAsync(
            query.Partition,
            DocumentSql.Count(query, Now),
            null,
            -1,
            static count => count.GetInt64(),
            cancellation
        );
        // The SDK adds up what the service counted part by part, and answers once.
        return more is null ? counts.Sum() : throw new InvalidOperationException("Cosmos DB has counted a part only.");
    }

    public Task<DocumentPage> PageAsync(DocumentQuery query, CancellationToken cancellation)
    {
        var cursor = PageCursor.Read(query);
        return orders.Contains(query.Kind, query.Order ?? [])
            ? ServicePageAsync(query, cursor, cancellation)
            : SortedPageAsync(query, cursor, cancellation);
    }

    private async Task<DocumentPage> ServicePageAsync(DocumentQuery query, PageCursor? cursor, CancellationToken cancellation)
    {
        var asked = cursor?.Now ?? Now;
        var sql = DocumentSql.Page(query, asked);
        var (items, more) = await TakeAsync(query, sql, cursor?.Place, query.Limit, cancellation);
        if (more is not null)
        {
            // The service gives a continuation behind a full page, whether or not there is anything left. Only a look tells.
            var (next, _) = await TakeAsync(query, sql, more, 1, cancellation);
            more = next.Count > 0 ? more : null;
        }

        return Page(query, items, more is null ? null : new PageCursor(asked, more));
    }

    /// <summary>Reads every match and keeps those that come next in the order: a page's worth of memory, however many there are.</summary>
    private async Task<DocumentPage> SortedPageAsync(DocumentQuery query, PageCursor? cursor, CancellationToken cancellation)
    {
        var order = query.Order!;
        var comparer = Comparer<string[]>.Create((left, right) => Compare(left, right, order));
        var end = cursor is null ? null : JsonSerializer.Deserialize<string[]>(cursor.Place);
        var least = new SortedList<string[], CosmosItem>(comparer);
        var count = 0;
        await foreach (var item in MatchesAsync(query, cancellation))
        {
            count++;
            var keys = KeysOf(item, order);
            if (end is null || comparer.Compare(keys, end) > 0)
            {
                least[keys] = item;
                if (least.Count > query.Limit + 1)
                {
                    least.RemoveAt(least.Count - 1);
                }
            }
        }

        CosmosTelemetry.Sorted(requests.Logger, string.Join(", ", order.Select(by => by.Path)), query.Kind, count);
        var taken = least.Take(query.Limit).ToList();
        var place = least.Count > taken.Count ? new PageCursor(Now, JsonSerializer.Serialize(taken[^1].Key)) : null;
        return Page(query, taken.Select(entry => entry.Value), place);
    }

    private async IAsyncEnumerable<CosmosItem> MatchesAsync(DocumentQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var sql = DocumentSql.Matches(query, Now);
        string? more = null;
        do
        {
            (var items, more) = await requests.QueryAsync(query.Partition, sql, more, ServicePage, CosmosItem.Read, cancellation);
            foreach (var item in items)
            {
                yield return item;
            }
        } while (more is not null);
    }

    /// <summary>Reads on until there are as many live items as wanted or no more: the service ends its pages early when they get long or
    /// dear.</summary>
    private async Task<(List<CosmosItem> Items, string? More)> TakeAsync(
        DocumentQuery query,
        QueryText sql,
        string? more,
        int wanted,
        CancellationToken cancellation
    )
    {
        var taken = new List<CosmosItem>();
        do
        {
            (var items, more) = await requests.QueryAsync(query.Partition, sql, more, wanted - taken.Count, CosmosItem.Read, cancellation);

            // What has expired since the first page was asked for is still in the query.
            taken.AddRange(items.Where(item => item.IsLive(Now)));
        } while (taken.Count < wanted && more is not null);

        return (taken, more);
    }

    private static DocumentPage Page(DocumentQuery query, IEnumerable<CosmosItem> items, PageCursor? cursor) =>
        new([.. items.Select(item => item.ToDocument(query.Partition, query.Kind))], cursor?.Write(query));

    private static string[] KeysOf(CosmosItem item, IReadOnlyList<Ordering> order)
    {
        using var body = JsonDocument.Parse(item.Body);
        return [.. order.Select(by => SortKey.Of(by.Path, body.RootElement)), OrderedText.Encode(item.Id)];
    }

    private static int Compare(string[] left, string[] right, IReadOnlyList<Ordering> order)
    {
        for (var index = 0; index < order.Count; index++)
        {
            var difference = string.CompareOrdinal(left[index], right[index]);
            if (difference != 0)
            {
                return order[index].Descending ? -difference : difference;
            }
        }

        return string.CompareOrdinal(left[^1], right[^1]);
    }
}
