using Serverless.Domain.Documents;

namespace Serverless.Tests.Support;

/// <summary>A document store under which a test can make things happen before a read or a commit, or have them fail.</summary>
internal sealed class HookedStore(IDocumentStore inner) : IDocumentStore
{
    public Func<DocumentKey, Task> BeforeGet { get; set; } = _ => Task.CompletedTask;

    public Func<DocumentKey, Task> AfterGet { get; set; } = _ => Task.CompletedTask;

    public Func<string, IReadOnlyList<DocumentWrite>, Task> BeforeCommit { get; set; } = (_, _) => Task.CompletedTask;

    public int Commits { get; private set; }

    public int Queries { get; private set; }

    public async ValueTask<Document?> GetAsync(DocumentKey key, CancellationToken cancellation)
    {
        await BeforeGet(key);
        var document = await inner.GetAsync(key, cancellation);
        await AfterGet(key);
        return document;
    }

    public async Task<IReadOnlyList<string?>> CommitAsync(
        string partition,
        IReadOnlyList<DocumentWrite> writes,
        CancellationToken cancellation
    )
    {
        await BeforeCommit(partition, writes);
        Commits++;
        return await inner.CommitAsync(partition, writes, cancellation);
    }

    public Task<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellation)
    {
        Queries++;
        return inner.QueryAsync(query, cancellation);
    }

    public Task<long> CountAsync(DocumentQuery query, CancellationToken cancellation) => inner.CountAsync(query, cancellation);

    /// <summary>From now on the store is away.</summary>
    public void GoAway()
    {
        BeforeGet = _ => throw new StoreUnavailableException("The store is away.");
        BeforeCommit = (_, _) => throw new StoreUnavailableException("The store is away.");
    }

    public void ComeBack()
    {
        BeforeGet = _ => Task.CompletedTask;
        BeforeCommit = (_, _) => Task.CompletedTask;
    }

    /// <summary>Runs something once, before the next commit that writes this kind.</summary>
    public void OnceBefore(string kind, Func<Task> happens) =>
        BeforeCommit = async (_, writes) =>
        {
            if (writes.Any(write => write.Kind == kind))
            {
                BeforeCommit = (_, _) => Task.CompletedTask;
                await happens();
            }
        };
}
