using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

public abstract partial class DocumentStoreContract
{
    private Task<IReadOnlyList<string?>> Expiring(string id, TimeSpan after) =>
        Commit(new DocumentWrite(WriteMode.Upsert, Kind, id, Json("{}"), Expires: Time.GetUtcNow() + after));

    [Fact]
    public async Task An_expired_document_is_not_read_or_queried_or_counted()
    {
        await Expiring("1", TimeSpan.FromMinutes(1));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await Get("1"));

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Get("1"));
        Assert.Empty((await Store.QueryAsync(new DocumentQuery(Partition, Kind), Cancellation)).Items);
        Assert.Equal(0, await Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
    }

    [Fact]
    public async Task An_expired_document_is_missing_to_writes()
    {
        await Expiring("1", TimeSpan.FromMinutes(1));
        Time.Advance(TimeSpan.FromHours(1));

        await AssertRefused(ConflictReason.Missing, "1", Replace("1"));
        await AssertRefused(ConflictReason.Missing, "1", Delete("1"));
        await Commit(Create("1", """{"v":2}"""));
        await AssertHolds("1", """{"v":2}""");
    }

    [Fact]
    public async Task A_later_write_sets_the_expiry_anew()
    {
        await Expiring("1", TimeSpan.FromMinutes(1));
        await Commit(Replace("1"));
        Time.Advance(TimeSpan.FromDays(1));

        Assert.NotNull(await Get("1"));
    }

    [Fact]
    public async Task Concurrent_increments_guarded_by_entity_tags_lose_nothing()
    {
        await Commit(Create("counter", """{"n":0}"""));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => IncrementTimes(10))));

        await AssertHolds("counter", """{"n":80}""");
    }

    private async Task IncrementTimes(int times)
    {
        while (times > 0)
        {
            var document = await Get("counter");
            var next = JsonNode.Parse(document!.Body.Span)!["n"]!.GetValue<int>() + 1;
            try
            {
                await Commit(Replace("counter", $$"""{"n":{{next}}}""", document.ETag));
                times--;
            }
            catch (StoreConflictException conflict) when (conflict.Reason == ConflictReason.ETagMismatch) { }
        }
    }

    [Fact]
    public async Task Of_concurrent_creations_of_one_document_one_succeeds()
    {
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        var commit = Commit(Create("1"), Create($"with {number}"));
                        await ((Task)commit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        return commit.IsCompletedSuccessfully;
                    })
                )
        );

        Assert.Single(outcomes, succeeded => succeeded);
        Assert.Equal(2, await Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
    }

    [Fact]
    public async Task Many_commits_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() => Commit(Create($"{number}")))));

        Assert.Equal(200, await Store.CountAsync(new DocumentQuery(Partition, Kind), Cancellation));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        var query = new DocumentQuery(Partition, Kind);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CommitAsync(Partition, [Create("1")], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Store.GetAsync(new DocumentKey(Partition, Kind, "1"), cancelled)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.QueryAsync(query, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CountAsync(query, cancelled));
        Assert.Null(await Get("1"));
    }
}
