using System.Text;
using Serverless.Contracts;
using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

/// <summary>A database in a folder of its own, with a document store on it.</summary>
internal sealed class SqliteFixture : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<SqliteDatabase> others = [];

    public SqliteFixture(Func<SqliteOptions, SqliteOptions>? configure = null)
    {
        Options = new SqliteOptions { Path = folder.File("cloud.db"), BusyTimeout = TimeSpan.FromMilliseconds(50) };
        Options = configure?.Invoke(Options) ?? Options;
        Database = SqliteDatabase.Open(Options);
        Store = new SqliteDocumentStore(Database, Time);
    }

    public SqliteOptions Options { get; }

    public ManualTime Time { get; } = new();

    public SqliteDatabase Database { get; }

    public SqliteDocumentStore Store { get; }

    /// <summary>Opens the same file once more, as another process would.</summary>
    public SqliteDatabase OpenAnother(SqliteOptions? options = null)
    {
        var database = SqliteDatabase.Open(options ?? Options);
        others.Add(database);
        return database;
    }

    public static DocumentWrite Write(WriteMode mode, string id, string body = "{}") =>
        new(mode, "k", id, mode == WriteMode.Delete ? default : Encoding.UTF8.GetBytes(body));

    public Task<IReadOnlyList<string?>> Commit(params DocumentWrite[] writes) =>
        Store.CommitAsync("p", writes, TestContext.Current.CancellationToken);

    /// <summary>Writes a device, whose fragments are indexed.</summary>
    public Task<string?> CommitDeviceAsync(string id, string body) =>
        Store.CommitAsync(
            "p",
            new DocumentWrite(WriteMode.Upsert, Kinds.Device, id, Encoding.UTF8.GetBytes(body)),
            TestContext.Current.CancellationToken
        );

    public Task<long> Count() => Store.CountAsync(new DocumentQuery("p", "k"), TestContext.Current.CancellationToken);

    /// <summary>Holds the writer up until the result is disposed, so that writes gather behind it.</summary>
    public async Task<IDisposable> HoldWriter()
    {
        var gate = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var held = Database.WriteAsync(
            _ =>
            {
                started.SetResult();
                gate.Wait();
                return 0;
            },
            CancellationToken.None
        );
        await started.Task;
        return new Hold(gate, held);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }

        await Database.DisposeAsync();
        folder.Dispose();
    }

    private sealed class Hold(ManualResetEventSlim gate, Task held) : IDisposable
    {
        public void Dispose()
        {
            gate.Set();
            _ = held.ContinueWith(_ => gate.Dispose(), TaskScheduler.Default);
        }
    }
}
