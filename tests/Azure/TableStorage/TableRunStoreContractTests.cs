using Serverless.Azure.Tests.Support;
using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.Azure.Tests.TableStorage;

[Collection(AzuriteTests.Name)]
public sealed class TableRunStoreContractTests(Azurite azurite) : RunStoreContract
{
    private readonly string table = azurite.NewTable();

    protected override ValueTask<IRunStore> CreateAsync() => ValueTask.FromResult<IRunStore>(azurite.Store(table));

    protected override ValueTask<IRunStore> ReopenAsync(IRunStore store) => CreateAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
