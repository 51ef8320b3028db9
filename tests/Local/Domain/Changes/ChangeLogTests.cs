using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Documents;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Changes;

public sealed class ChangeLogTests
{
    private static readonly Change Something = new("things", "1", "update", new JsonObject { ["a"] = 1 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sequences_have_neither_gaps_nor_ties_whoever_commits()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var logs = new[] { cloud.Instance().Changes, cloud.Instance().Changes };

        await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    Task.Run(() =>
                        logs[i % 2].CommitAsync(TestCloud.Tenant, [], Enumerable.Repeat(Something, 1 + (i % 3)).ToList(), Cancellation)
                    )
                )
        );

        var changes = await logs[0].ReadAsync(TestCloud.Tenant, 0, 1000, Cancellation);
        Assert.Equal(Enumerable.Range(1, 120).Select(i => (long)i), changes.Select(change => change.Sequence));
        Assert.Equal(120, await logs[1].GetLastAsync(TestCloud.Tenant, Cancellation));
    }

    [Fact]
    public async Task A_change_is_committed_with_its_write_or_not_at_all()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var write = new DocumentWrite(WriteMode.Replace, "k", "missing", "{}"u8.ToArray());

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() =>
            cloud.One.Changes.CommitAsync(TestCloud.Tenant, [write], [Something], Cancellation)
        );

        Assert.Equal("missing", conflict.Key.Id);
        Assert.Equal(0, await cloud.One.Changes.GetLastAsync(TestCloud.Tenant, Cancellation));
        var tags = await cloud.One.Changes.CommitAsync(
            TestCloud.Tenant,
            [write with { Mode = WriteMode.Create }],
            [Something],
            Cancellation
        );
        Assert.NotNull(Assert.Single(tags));
    }

    [Fact]
    public async Task Pages_follow_one_another_and_tenants_do_not_mix()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Changes.CommitAsync(TestCloud.Tenant, [], [.. Enumerable.Repeat(Something, 12)], Cancellation);
        await cloud.One.Changes.CommitAsync("t2", [], [Something], Cancellation);

        Assert.Equal(
            [6L, 7, 8],
            (await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 5, 3, Cancellation)).Select(change => change.Sequence)
        );
        Assert.Equal(
            [11L, 12],
            (await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 10, 3, Cancellation)).Select(change => change.Sequence)
        );
        Assert.Empty(await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 12, 3, Cancellation));
        Assert.Single(await cloud.One.Changes.ReadAsync("t2", 0, 3, Cancellation));
    }

    [Fact]
    public async Task Changes_end_after_a_day_and_the_sequence_goes_on()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);
        cloud.Time.Advance(ChangeLog.Kept + TimeSpan.FromSeconds(1));

        Assert.Empty(await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 10, Cancellation));
        await cloud.One.Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);
        Assert.Equal(2, Assert.Single(await cloud.One.Changes.ReadAsync(TestCloud.Tenant, 0, 10, Cancellation)).Sequence);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_a_commit_of_this_instance()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var waiting = cloud.One.Changes.WaitAsync(TestCloud.Tenant, 0, 10, TimeSpan.FromMinutes(1), Cancellation);
        Assert.False(waiting.IsCompleted);

        await cloud.One.Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);

        Assert.Equal(1, Assert.Single(await waiting).Sequence);
    }

    [Fact]
    public async Task Who_waits_finds_a_commit_of_another_instance_and_ends_empty_in_time()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var waiting = cloud.One.Changes.WaitAsync(TestCloud.Tenant, 0, 10, TimeSpan.FromMinutes(1), Cancellation);
        await cloud.Instance().Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);
        await AdvanceUntilAsync(cloud, waiting);
        Assert.Single(await waiting);

        var empty = cloud.One.Changes.WaitAsync(TestCloud.Tenant, 1, 10, TimeSpan.FromSeconds(2.5), Cancellation);
        var start = cloud.Time.GetUtcNow();
        await AdvanceUntilAsync(cloud, empty);
        Assert.Empty(await empty);
        Assert.InRange(cloud.Time.GetUtcNow() - start, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(4));
        Assert.Empty(await cloud.One.Changes.WaitAsync(TestCloud.Tenant, 1, 10, TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Who_waits_asks_for_the_head_and_queries_only_when_it_has_moved()
    {
        await using var cloud = await TestCloud.OpenAsync();
        await cloud.One.Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);
        cloud.Time.Advance(ChangeLog.Kept + TimeSpan.FromSeconds(1));
        var heads = 0;
        cloud.Store.BeforeGet = key =>
        {
            heads += key.Kind == Kinds.ChangeHead ? 1 : 0;
            return Task.CompletedTask;
        };

        // The head has moved since 0, but what was there has ended: that is asked for once.
        var waiting = cloud.One.Changes.WaitAsync(TestCloud.Tenant, 0, 10, TimeSpan.FromMinutes(1), Cancellation);
        for (var wanted = 2; wanted < 6; wanted++)
        {
            while (Volatile.Read(ref heads) < wanted)
            {
                cloud.Time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }

        Assert.Equal(1, cloud.Store.Queries);
        await cloud.Instance().Changes.CommitAsync(TestCloud.Tenant, [], [Something], Cancellation);
        await AdvanceUntilAsync(cloud, waiting);
        Assert.Equal(2, Assert.Single(await waiting).Sequence);
        Assert.Equal(2, cloud.Store.Queries);
    }

    [Fact]
    public async Task A_listener_counts_for_its_kind_and_source_until_its_lease_ends()
    {
        await using var cloud = await TestCloud.OpenAsync();
        var listeners = cloud.One.Listeners;
        Assert.False(await listeners.AnyAsync(TestCloud.Tenant, "k", "1", Cancellation));
        await listeners.ListenAsync(TestCloud.Tenant, "one", "k", "1", Cancellation);

        Assert.True(await listeners.AnyAsync(TestCloud.Tenant, "k", "1", Cancellation));
        Assert.False(await listeners.AnyAsync(TestCloud.Tenant, "k", "2", Cancellation));
        Assert.False(await listeners.AnyAsync(TestCloud.Tenant, "other", "1", Cancellation));
        Assert.False(await listeners.AnyAsync("t2", "k", "1", Cancellation));

        await listeners.ListenAsync(TestCloud.Tenant, "all", "k", null, Cancellation);
        Assert.True(await listeners.AnyAsync(TestCloud.Tenant, "k", "2", Cancellation));
        cloud.Time.Advance(Listeners.Lease / 2);
        await listeners.ListenAsync(TestCloud.Tenant, "one", "k", "1", Cancellation);
        cloud.Time.Advance((Listeners.Lease / 2) + TimeSpan.FromSeconds(3));
        Assert.True(await listeners.AnyAsync(TestCloud.Tenant, "k", "1", Cancellation));
        Assert.False(await listeners.AnyAsync(TestCloud.Tenant, "k", "2", Cancellation));
    }

    [Fact]
    public async Task A_listener_of_another_instance_is_learned_of_in_seconds()
    {
        await using var cloud = await TestCloud.OpenAsync();
        Assert.False(await cloud.One.Listeners.AnyAsync(TestCloud.Tenant, "k", "1", Cancellation));

        await cloud.Instance().Listeners.ListenAsync(TestCloud.Tenant, "one", "k", "1", Cancellation);
        cloud.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(await cloud.One.Listeners.AnyAsync(TestCloud.Tenant, "k", "1", Cancellation));
    }

    private static async Task AdvanceUntilAsync(TestCloud cloud, Task task)
    {
        while (!task.IsCompleted)
        {
            if (cloud.Time.NextTimer is { } next)
            {
                cloud.Time.Advance(next);
            }

            await Task.Yield();
        }
    }
}
