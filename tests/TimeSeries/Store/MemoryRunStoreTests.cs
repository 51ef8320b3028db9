using Serverless.Contracts.Series;
using Serverless.Domain.Series;

namespace Serverless.TimeSeries.Tests.Store;

public sealed class MemoryRunStoreTests : RunStoreContract
{
    protected override ValueTask<IRunStore> CreateAsync() => ValueTask.FromResult<IRunStore>(new MemoryRunStore());

    protected override ValueTask<IRunStore> ReopenAsync(IRunStore store) => ValueTask.FromResult(store);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
