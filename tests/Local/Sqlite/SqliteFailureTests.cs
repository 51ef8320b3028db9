using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;
using static Serverless.Local.Tests.Sqlite.SqliteFixture;

namespace Serverless.Local.Tests.Sqlite;

public class SqliteFailureTests
{
    private static string Big(int size) => $$"""{"text":"{{new string('x', size)}}"}""";

    [Fact]
    public async Task A_full_disk_is_a_clear_error_and_nothing_is_half_written()
    {
        await using var fixture = new SqliteFixture(options => options with { MaxPages = 100 });
        await fixture.Commit(Write(WriteMode.Create, "old", Big(200_000)));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            fixture.Commit(Write(WriteMode.Create, "small"), Write(WriteMode.Create, "big", Big(400_000)))
        );

        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Options.Path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await fixture.Count());
        await fixture.Commit(Write(WriteMode.Create, "fits"));
        await fixture.Commit(Write(WriteMode.Delete, "old"));
        await fixture.Commit(Write(WriteMode.Create, "big", Big(250_000)));
        Assert.Equal(2, await fixture.Count());
    }

    [Fact]
    public async Task A_locked_file_is_a_clear_error_for_writes_while_reads_go_on()
    {
        await using var fixture = new SqliteFixture();
        await fixture.Commit(Write(WriteMode.Create, "1"));
        using var other = Connection.Open(fixture.Options);
        other.Execute("BEGIN EXCLUSIVE");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.Commit(Write(WriteMode.Create, "2")));

        Assert.Contains("is locked by another process", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await fixture.Count());
        other.Execute("ROLLBACK");
        await fixture.Commit(Write(WriteMode.Create, "2"));
        Assert.Equal(2, await fixture.Count());
    }

    [Fact]
    public async Task A_lock_that_goes_in_time_is_waited_for()
    {
        await using var fixture = new SqliteFixture(options => options with { BusyTimeout = TimeSpan.FromSeconds(30) });
        using var other = Connection.Open(fixture.Options);
        other.Execute("BEGIN EXCLUSIVE");

        var commit = fixture.Commit(Write(WriteMode.Create, "1"));
        other.Execute("ROLLBACK");

        await commit;
    }

    [Fact]
    public async Task Two_processes_on_one_file_see_each_other_and_lose_nothing()
    {
        await using var fixture = new SqliteFixture(options => options with { BusyTimeout = TimeSpan.FromSeconds(30) });
        var second = new SqliteDocumentStore(fixture.OpenAnother(), fixture.Time);
        var cancellation = TestContext.Current.CancellationToken;

        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .SelectMany(number =>
                    new[]
                    {
                        fixture.Commit(Write(WriteMode.Create, $"a{number}")),
                        second.CommitAsync("p", [Write(WriteMode.Create, $"b{number}")], cancellation),
                    }
                )
        );

        Assert.Equal(100, await fixture.Count());
        Assert.Equal(100, await second.CountAsync(new DocumentQuery("p", "k"), cancellation));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_by_name_and_version()
    {
        await using var fixture = new SqliteFixture();
        using (var other = Connection.Open(fixture.Options))
        {
            other.Script("PRAGMA user_version=7");
        }

        var failure = Assert.Throws<StoreUnavailableException>(() => fixture.OpenAnother());

        Assert.Equal(
            $"The database {fixture.Options.Path} has version 7; this program knows versions up to 2. Use the program that wrote it, or another file.",
            failure.Message
        );
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cloud.db"), new string('x', 5000));

        var failure = Assert.Throws<StoreUnavailableException>(() =>
            SqliteDatabase.Open(new SqliteOptions { Path = folder.File("cloud.db") })
        );

        Assert.Contains("is damaged or no database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_clear_error()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");

        Assert.Throws<StoreUnavailableException>(() => SqliteDatabase.Open(new SqliteOptions { Path = folder.File("file/cloud.db") }));
    }
}
