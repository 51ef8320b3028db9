using System.Globalization;
using System.Net;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>One commit on its way: sent, and sent again where that is safe, until its outcome is known.</summary>
/// <remarks>
/// Every item carries the mark of the commit that wrote it. A response may be lost after the service has committed, and the same writes
/// sent again then meet themselves. So a refusal counts only
/// when the item that stands in the way bears another mark. A commit whose outcome is unknown is looked up by its marks; where none is
/// found it is sent once more, if a create or an
/// entity tag keeps it from being applied twice. What cannot be told at all (a deletion alone, or marks that others have overwritten) is
/// <see cref="StoreUnavailableException"/>, never a conflict.
/// </remarks>
internal sealed class Commit(
    CosmosRequests requests,
    string partition,
    IReadOnlyList<DocumentWrite> writes,
    DocumentOrders orders,
    TimeProvider time
)
{
    private const int MaxResends = 1;

    private readonly string mark = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly ItemOperation[] operations = new ItemOperation[writes.Count];
    private int resends;

    // Rounds that resolve one write each (an expired document in the way of a create), and some for writers beside this one.
    private int rounds = writes.Count + 10;

    private long Now => CosmosItem.Microseconds(time.GetUtcNow());

    private bool IsGuarded => operations.Any(operation => operation.Mode == WriteMode.Create || operation.IfMatch is not null);

    /// <summary>Applies the writes.</summary>
    /// <returns>The new entity tags; null for a deletion.</returns>
    public async Task<IReadOnlyList<string?>> RunAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        for (var index = 0; index < writes.Count; index++)
        {
            var body = writes[index].Mode == WriteMode.Delete ? [] : CosmosItem.Write(partition, writes[index], mark, orders, now);
            operations[index] = new ItemOperation(writes[index].Mode, ItemId.Of(writes[index].Kind, writes[index].Id), body, null);
        }

        await Task.WhenAll(Enumerable.Range(0, writes.Count).Select(index => GuardAsync(index, cancellation)));
        while (rounds-- > 0)
        {
            var outcome = await requests.WriteAsync(partition, operations, cancellation);
            if (outcome.Unknown is { } reason)
            {
                CosmosTelemetry.Unknown(requests.Logger, partition, reason);
                if (await FindAppliedAsync(cancellation) is { } applied)
                {
                    return applied;
                }

                if (!IsGuarded || resends++ >= MaxResends)
                {
                    throw reason;
                }
            }
            else if (outcome.Refused < 0)
            {
                return [.. outcome.ETags.Select((etag, index) => etag is null ? null : ETagText.Write(etag, Expires(index)))];
            }
            else if (await ResolveAsync(outcome, cancellation) is { } applied)
            {
                return applied;
            }
        }

        throw new StoreUnavailableException($"Cosmos DB is busy: others kept writing the same documents in {partition}.");
    }

    private static bool NeedsDocument(WriteMode mode) => mode is WriteMode.Replace or WriteMode.Delete;

    private long? Expires(int index) => writes[index].Expires is { } end ? CosmosItem.Microseconds(end) : null;

    /// <summary>Whether an earlier write of this commit is to the same document: what a write then finds is up to the batch.</summary>
    private bool IsRepeated(int index) => operations.Take(index).Any(earlier => earlier.Item == operations[index].Item);

    /// <summary>Puts an entity tag on a write that needs one: the caller's, or that of the live document which a replacement or deletion
    /// needs.</summary>
    private async Task GuardAsync(int index, CancellationToken cancellation)
    {
        var (mode, ifMatch) = (writes[index].Mode, writes[index].IfMatch);
        if (ifMatch is not null)
        {
            // An upsert or create with an entity tag never makes a document: the service would, so it is a replacement here.
            var required = mode == WriteMode.Create ? ETagText.None : ETagText.Read(ifMatch, Now);
            mode = mode == WriteMode.Delete ? WriteMode.Delete : WriteMode.Replace;
            operations[index] = operations[index] with { Mode = mode, IfMatch = required };
        }
        else if (NeedsDocument(mode) && !IsRepeated(index))
        {
            var item = await requests.ReadAsync(partition, operations[index].Item, cancellation);
            operations[index] = operations[index] with { IfMatch = item is not null && item.IsLive(Now) ? item.ETag : ETagText.None };
        }
    }

    /// <summary>Finds out why a write was refused. Returns the entity tags where the commit is applied after all, or null where it is to
    /// be sent again.</summary>
    private async Task<IReadOnlyList<string?>?> ResolveAsync(WriteOutcome outcome, CancellationToken cancellation)
    {
        var index = outcome.Refused;
        var write = writes[index];
        if (resends > 0)
        {
            return await FindAppliedAsync(cancellation)
                ?? throw new StoreUnavailableException($"Whether Cosmos DB has applied a commit to {partition} cannot be told.");
        }

        if (IsRepeated(index))
        {
            throw Conflict(
                index,
                outcome.Status switch
                {
                    HttpStatusCode.Conflict => ConflictReason.Exists,
                    HttpStatusCode.NotFound when NeedsDocument(write.Mode) => ConflictReason.Missing,
                    _ => ConflictReason.ETagMismatch,
                }
            );
        }

        var item = await requests.ReadAsync(partition, operations[index].Item, cancellation);
        if (item?.Mark == mark)
        {
            return await FindAppliedAsync(cancellation);
        }

        var isLive = item is not null && item.IsLive(Now);
        switch (write.Mode)
        {
            case WriteMode.Create when isLive:
                throw Conflict(index, ConflictReason.Exists);
            case WriteMode.Create when write.IfMatch is null:
                // An expired document that has not been swept is as good as none: it is replaced. One that has gone meanwhile is in
                // nobody's way.
                operations[index] = item is null
                    ? operations[index] with
                    {
                        Mode = WriteMode.Create,
                        IfMatch = null,
                    }
                    : operations[index] with
                    {
                        Mode = WriteMode.Replace,
                        IfMatch = item.ETag,
                    };
                return null;
            case WriteMode.Replace or WriteMode.Delete when !isLive:
                throw Conflict(index, ConflictReason.Missing);
            case WriteMode.Replace or WriteMode.Delete when write.IfMatch is null:
                // Somebody has written it between the look and the write.
                operations[index] = operations[index] with
                {
                    IfMatch = item!.ETag,
                };
                return null;
            default:
                throw Conflict(index, ConflictReason.ETagMismatch);
        }
    }

    /// <summary>The entity tags of this commit where it finds its mark, or null. A document that others have written since gets one that
    /// no version has.</summary>
    private async Task<IReadOnlyList<string?>?> FindAppliedAsync(CancellationToken cancellation)
    {
        var items = await Task.WhenAll(
            operations.Select(async operation =>
                operation.Mode == WriteMode.Delete ? null : await requests.ReadAsync(partition, operation.Item, cancellation)
            )
        );
        return items.Any(item => item?.Mark == mark)
            ?
            [
                .. items.Select(
                    (item, index) =>
                        operations[index].Mode == WriteMode.Delete ? null
                        : item?.Mark == mark ? ETagText.Write(item.ETag, item.Expires)
                        : ETagText.Write(mark, null)
                ),
            ]
            : null;
    }

    private StoreConflictException Conflict(int index, ConflictReason reason) =>
        new(reason, new DocumentKey(partition, writes[index].Kind, writes[index].Id));
}
