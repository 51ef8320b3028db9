using Serverless.Azure.Tests.Support;
using Serverless.Domain.Documents;
using static Serverless.Azure.Tests.CosmosDb.CosmosFixture;

namespace Serverless.Azure.Tests.CosmosDb;

public sealed class UnlistedOrderTests(CosmosServer server)
{
    private const int Count = 2_345;

    /// <summary>More documents than a page of the service holds, in an order that has no index.</summary>
    [Fact]
    public async Task However_many_match_every_page_is_the_next_in_the_order()
    {
        await using var fixture = await OpenAsync(server);
        var numbers = Enumerable.Range(0, Count).Select(number => number * 7919 % Count).ToList();
        foreach (var chunk in numbers.Chunk(IDocumentStore.MaxWrites))
        {
            await fixture.CommitElsewhere([.. chunk.Select(number => Write(WriteMode.Create, $"d{number}", $$"""{"n":{{number}}}"""))]);
        }

        foreach (var descending in new[] { false, true })
        {
            var (found, cursor) = (new List<string>(), (string?)null);
            do
            {
                var query = new DocumentQuery(Partition, Kind, Order: [new Ordering("n", descending)], Limit: 1000, Cursor: cursor);
                var page = await fixture.Store.QueryAsync(query, Cancellation);
                found.AddRange(page.Items.Select(item => item.Key.Id));
                cursor = page.Cursor;
            } while (cursor is not null);

            var expected = Enumerable.Range(0, Count).Select(number => $"d{number}");
            Assert.Equal(descending ? expected.Reverse() : expected, found);
        }
    }
}
