using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Domain;

public sealed class ChangeLogTests : IAsyncLifetime
{
    private readonly SqliteFixture sqlite = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sqlite.DisposeAsync();

    [Fact]
    public async Task Instances_that_log_at_once_leave_neither_gaps_nor_ties()
    {
        ChangeLog[] instances = [Open(), Open(), Open()];
        await Task.WhenAll(instances.SelectMany(log => Enumerable.Range(0, 10).Select(i => LogAsync(log, $"{i}"))));
        var read = await Open().ReadAsync("t", 0, 100, Cancellation);

        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), read.Select(change => change.Sequence));
        Assert.Equal(30, await Open().GetLastAsync("t", Cancellation));
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_the_change()
    {
        var log = Open();
        var wait = log.WaitAsync("t", 0, 10, TimeSpan.FromMinutes(1), Cancellation);
        await LogAsync(log, "device");

        Assert.Equal("device", Assert.Single(await wait).Source);
    }

    [Fact]
    public async Task A_listener_ends_with_its_lease()
    {
        var listeners = new Listeners(sqlite.Store, sqlite.Time);
        await listeners.ListenAsync("t", "one", "measurements", "device", Cancellation);

        Assert.True(await listeners.AnyAsync("t", "measurements", "device", Cancellation));
        Assert.False(await listeners.AnyAsync("t", "measurements", "other", Cancellation));
        sqlite.Time.Advance(Listeners.Lease + TimeSpan.FromSeconds(3));
        Assert.False(await listeners.AnyAsync("t", "measurements", "device", Cancellation));
    }

    private static async Task LogAsync(ChangeLog log, string source) =>
        await log.CommitAsync("t", [], [new Change("devices", source, "update", new JsonObject())], Cancellation);

    private ChangeLog Open() => new(sqlite.Store, sqlite.Time);
}
