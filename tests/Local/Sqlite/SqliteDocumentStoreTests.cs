using Serverless.Contracts.Documents;
using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public sealed class SqliteDocumentStoreTests : DocumentStoreContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteDatabase? database;

    protected override Task<IDocumentStore> OpenAsync(TimeProvider time)
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = folder.File("data/cloud.db") });
        return Task.FromResult<IDocumentStore>(new SqliteDocumentStore(database, time));
    }

    protected override async Task CloseAsync() => await database!.DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
