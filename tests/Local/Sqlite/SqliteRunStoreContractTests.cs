using Serverless.Contracts.Series;
using Serverless.Domain.Series;
using Serverless.Local.Sqlite;

namespace Serverless.Local.Tests.Sqlite;

public sealed class SqliteRunStoreContractTests : RunStoreContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteDatabase? database;

    protected override ValueTask<IRunStore> CreateAsync()
    {
        database = SqliteDatabase.Open(new SqliteOptions { Path = folder.File("cloud.db") });
        return ValueTask.FromResult<IRunStore>(new SqliteRunStore(database));
    }

    protected override async ValueTask<IRunStore> ReopenAsync(IRunStore store)
    {
        await database!.DisposeAsync();
        return await CreateAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }

        folder.Dispose();
    }
}
