using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

/// <summary>What every <see cref="IDocumentStore"/> does. An adapter joins by one class that opens it.</summary>
public abstract partial class DocumentStoreContract : IAsyncLifetime
{
    private const string Partition = "acme";
    private const string Kind = "device";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected ManualTime Time { get; } = new();

    protected IDocumentStore Store { get; private set; } = null!;

    /// <summary>Opens the store of this test: empty at first, and with what it held when it is opened again.</summary>
    protected abstract Task<IDocumentStore> OpenAsync(TimeProvider time);

    /// <summary>Closes what <see cref="OpenAsync"/> gave.</summary>
    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync(Time);

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    protected static DocumentWrite Create(string id, string body = "{}") => new(WriteMode.Create, Kind, id, Json(body));

    protected static DocumentWrite Replace(string id, string body = "{}", string? ifMatch = null) =>
        new(WriteMode.Replace, Kind, id, Json(body), ifMatch);

    protected static DocumentWrite Upsert(string id, string body = "{}", string? ifMatch = null) =>
        new(WriteMode.Upsert, Kind, id, Json(body), ifMatch);

    protected static DocumentWrite Delete(string id, string? ifMatch = null) => new(WriteMode.Delete, Kind, id, IfMatch: ifMatch);

    protected Task<IReadOnlyList<string?>> Commit(params IReadOnlyList<DocumentWrite> writes) =>
        Store.CommitAsync(Partition, writes, Cancellation);

    protected ValueTask<Document?> Get(string id) => Store.GetAsync(new DocumentKey(Partition, Kind, id), Cancellation);

    private async Task AssertHolds(string id, string body)
    {
        var document = await Get(id);
        Assert.NotNull(document);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse(document.Body.Span)),
            Encoding.UTF8.GetString(document.Body.Span)
        );
    }

    private async Task AssertRefused(ConflictReason reason, string id, params IReadOnlyList<DocumentWrite> writes)
    {
        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Commit(writes));
        Assert.Equal((reason, new DocumentKey(Partition, Kind, id)), (conflict.Reason, conflict.Key));
    }
}
