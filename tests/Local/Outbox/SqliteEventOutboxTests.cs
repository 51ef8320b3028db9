using Serverless.Contracts.Events;
using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;
using Serverless.Local.Tests.Sqlite;

namespace Serverless.Local.Tests.Outbox;

public sealed class SqliteEventOutboxTests : EventOutboxContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteDatabase? database;

    protected override Task<IDocumentStore> OpenAsync(TimeProvider time)
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = folder.File("cloud.db") });
        return Task.FromResult<IDocumentStore>(new SqliteDocumentStore(database, time));
    }

    protected override async Task CloseAsync()
    {
        await database!.DisposeAsync();
        folder.Dispose();
    }
}
