using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public sealed class FragmentIndexTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_index_follows_every_change()
    {
        await using var fixture = new SqliteFixture();
        await fixture.CommitDeviceAsync("1", """{"fragments":{"a":1,"q\"\u00fc":2}}""");
        await fixture.CommitDeviceAsync("2", """{"fragments":{"a":1}}""");
        Assert.Equal(["1", "2"], await WithAsync(fixture.Store, "a"));
        Assert.Equal(["1"], await WithAsync(fixture.Store, "q\"ü"));

        await fixture.CommitDeviceAsync("1", """{"fragments":{"b":1}}""");
        await fixture.CommitDeviceAsync("2", """{"fragments":{"a":null}}""");
        Assert.Equal(["2"], await WithAsync(fixture.Store, "a"));
        Assert.Equal(["1"], await WithAsync(fixture.Store, "b"));

        await fixture.CommitDeviceAsync("2", "{}");
        Assert.Equal([], await WithAsync(fixture.Store, "a"));
        await fixture.Store.CommitAsync("p", new DocumentWrite(WriteMode.Delete, Kinds.Device, "1"), Cancellation);
        Assert.Equal([], await WithAsync(fixture.Store, "b"));
        Assert.Equal("0", Scalar(fixture, "SELECT count(*) FROM fragments"));
    }

    [Fact]
    public async Task A_file_of_the_first_version_gets_the_index_with_what_is_in_it()
    {
        await using var fixture = new SqliteFixture();
        await fixture.CommitDeviceAsync("1", """{"fragments":{"a":1,"b":2}}""");
        using (var other = Connection.Open(fixture.Options))
        {
            other.Script(
                "DROP TRIGGER fragments_of_new; DROP TRIGGER fragments_of_changed; DROP TRIGGER fragments_of_old; DROP TABLE fragments; PRAGMA user_version=1"
            );
        }

        var opened = new SqliteDocumentStore(fixture.OpenAnother(), fixture.Time);

        Assert.Equal(["1"], await WithAsync(opened, "a"));
        await fixture.CommitDeviceAsync("2", """{"fragments":{"a":1}}""");
        Assert.Equal(["1", "2"], await WithAsync(opened, "a"));
        Assert.Equal("2", Scalar(fixture, "PRAGMA user_version"));
    }

    private static async Task<IReadOnlyList<string>> WithAsync(SqliteDocumentStore store, string fragment)
    {
        var query = new DocumentQuery("p", Kinds.Device, new Filter.Has(new MemberPath("fragments", fragment)));
        var page = await store.QueryAsync(query, Cancellation);
        Assert.Equal(page.Items.Count, await store.CountAsync(query, Cancellation));
        return [.. page.Items.Select(item => item.Key.Id)];
    }

    private static string Scalar(SqliteFixture fixture, string sql)
    {
        using var connection = Connection.Open(fixture.Options);
        return connection.Scalar(sql);
    }
}
