using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Documents;

namespace Serverless.Azure.CosmosDb;

/// <summary>One operation of a commit as Cosmos DB does it.</summary>
/// <param name="Mode">Create, Replace, Upsert or Delete.</param>
/// <param name="Item">The item's id.</param>
/// <param name="Body">The item; empty for a deletion.</param>
/// <param name="IfMatch">The entity tag that the item must have, or null for any.</param>
internal readonly record struct ItemOperation(WriteMode Mode, string Item, byte[] Body, string? IfMatch);

/// <summary>What became of a commit's operations.</summary>
/// <param name="ETags">The entity tags of the applied operations, null for deletions; empty where nothing was applied.</param>
/// <param name="Refused">The first operation that did not find what it expected, or -1.</param>
/// <param name="Status">Its status: 404, 409 or 412.</param>
/// <param name="Unknown">Why it is not known whether the operations were applied; null where it is.</param>
internal sealed record WriteOutcome(
    IReadOnlyList<string?> ETags,
    int Refused = -1,
    HttpStatusCode Status = HttpStatusCode.OK,
    Exception? Unknown = null
);

/// <summary>The requests that the store is made of, as streams: what they cost is recorded, and what fails is an exception of the
/// port.</summary>
internal sealed class CosmosRequests(Container container, TimeSpan patience, TimeProvider time, ILogger logger)
{
    private static readonly ItemRequestOptions Plain = new();

    public ILogger Logger => logger;

    /// <summary>The item, expired or not, or null.</summary>
    public async Task<CosmosItem?> ReadAsync(string partition, string item, CancellationToken cancellation)
    {
        using var response = await AnswerAsync(
            "read",
            partition,
            token => container.ReadItemStreamAsync(item, new PartitionKey(partition), Plain, token),
            cancellation
        );
        if (CosmosErrors.IsRefusal(response.StatusCode, response.Headers["x-ms-substatus"]))
        {
            return null;
        }

        using var json = await JsonDocument.ParseAsync(Succeeded(response), cancellationToken: cancellation);
        return CosmosItem.Read(json.RootElement);
    }

    /// <summary>Applies operations to one partition, all or none: a point operation where there is one, else a transactional
    /// batch.</summary>
    public async Task<WriteOutcome> WriteAsync(string partition, IReadOnlyList<ItemOperation> operations, CancellationToken cancellation)
    {
        try
        {
            return await InTimeAsync(
                token =>
                    operations.Count == 1 ? WriteOneAsync(partition, operations[0], token) : WriteBatchAsync(partition, operations, token),
                cancellation
            );
        }
        catch (Exception exception) when (CosmosErrors.IsAway(exception, cancellation))
        {
            return exception is CosmosException cosmos
                ? Failed(cosmos.StatusCode, cosmos.ResponseBody, cosmos)
                : new WriteOutcome([], Unknown: CosmosErrors.ToException(exception));
        }
    }

    /// <summary>One page of the service's own: at most <paramref name="limit"/> elements, and a continuation where there may be
    /// more.</summary>
    public async Task<(List<T> Items, string? Continuation)> QueryAsync<T>(
        string partition,
        QueryText query,
        string? continuation,
        int limit,
        Func<JsonElement, T> read,
        CancellationToken cancellation
    )
    {
        var options = new QueryRequestOptions { PartitionKey = new PartitionKey(partition), MaxItemCount = limit };
        using var pages = container.GetItemQueryStreamIterator(query.ToDefinition(), continuation, options);
        using var response = await AnswerAsync("query", partition, token => pages.ReadNextAsync(token), cancellation);
        if (continuation is not null && response.StatusCode == HttpStatusCode.BadRequest)
        {
            throw PageCursor.Invalid(nameof(continuation), CosmosErrors.ToException(response.StatusCode, response.ErrorMessage));
        }

        using var json = await JsonDocument.ParseAsync(Succeeded(response), cancellationToken: cancellation);
        var items = json.RootElement.GetProperty("Documents"u8).EnumerateArray().Select(read).ToList();
        return (items, response.ContinuationToken);
    }

    private async Task<WriteOutcome> WriteOneAsync(string partition, ItemOperation operation, CancellationToken cancellation)
    {
        var key = new PartitionKey(partition);
        var options = new ItemRequestOptions { IfMatchEtag = operation.IfMatch, EnableContentResponseOnWrite = false };
        using var body = new MemoryStream(operation.Body, writable: false);
        using var response = await (
            operation.Mode switch
            {
                WriteMode.Create => container.CreateItemStreamAsync(body, key, options, cancellation),
                WriteMode.Replace => container.ReplaceItemStreamAsync(body, operation.Item, key, options, cancellation),
                WriteMode.Upsert => container.UpsertItemStreamAsync(body, key, options, cancellation),
                WriteMode.Delete => container.DeleteItemStreamAsync(operation.Item, key, options, cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Mode, "An unknown mode."),
            }
        );
        Record(operation.Mode.ToString(), partition, response.StatusCode, response.Headers.RequestCharge);
        if (response.IsSuccessStatusCode)
        {
            return new WriteOutcome([operation.Mode == WriteMode.Delete ? null : response.Headers.ETag]);
        }

        return CosmosErrors.IsRefusal(response.StatusCode, response.Headers["x-ms-substatus"])
            ? new WriteOutcome([], 0, response.StatusCode)
            : Failed(response.StatusCode, response.ErrorMessage);
    }

    private async Task<WriteOutcome> WriteBatchAsync(
        string partition,
        IReadOnlyList<ItemOperation> operations,
        CancellationToken cancellation
    )
    {
        var batch = operations.Aggregate(container.CreateTransactionalBatch(new PartitionKey(partition)), Add);
        using var response = await batch.ExecuteAsync(cancellation);
        Record("batch", partition, response.StatusCode, response.RequestCharge);
        if (response.IsSuccessStatusCode)
        {
            return new WriteOutcome([
                .. operations.Select((operation, index) => operation.Mode == WriteMode.Delete ? null : response[index].ETag),
            ]);
        }

        // One operation is at fault and the others are 424, failed dependency; where the service could not even begin, the SDK gives all
        // the same status.
        var faults = Enumerable.Range(0, response.Count).Where(index => response[index].StatusCode != HttpStatusCode.FailedDependency);
        if (faults.Take(2).ToList() is [var fault] && CosmosErrors.IsRefusal(response[fault].StatusCode, null))
        {
            return new WriteOutcome([], fault, response[fault].StatusCode);
        }

        return Failed(response.StatusCode, response.ErrorMessage);
    }

    private static TransactionalBatch Add(TransactionalBatch batch, ItemOperation operation)
    {
        var options = new TransactionalBatchItemRequestOptions { IfMatchEtag = operation.IfMatch, EnableContentResponseOnWrite = false };
        var body = new MemoryStream(operation.Body, writable: false);
        return operation.Mode switch
        {
            WriteMode.Create => batch.CreateItemStream(body, options),
            WriteMode.Replace => batch.ReplaceItemStream(operation.Item, body, options),
            WriteMode.Upsert => batch.UpsertItemStream(body, options),
            WriteMode.Delete => batch.DeleteItem(operation.Item, options),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Mode, "An unknown mode."),
        };
    }

    private static WriteOutcome Failed(HttpStatusCode status, string? message, Exception? inner = null)
    {
        var exception = CosmosErrors.ToException(status, message, inner);
        return CosmosErrors.IsUnknown(status) ? new WriteOutcome([], Unknown: exception) : throw exception;
    }

    private async Task<ResponseMessage> AnswerAsync(
        string operation,
        string partition,
        Func<CancellationToken, Task<ResponseMessage>> send,
        CancellationToken cancellation
    )
    {
        try
        {
            var response = await InTimeAsync(send, cancellation);
            Record(operation, partition, response.StatusCode, response.Headers.RequestCharge);
            return response;
        }
        catch (Exception exception) when (CosmosErrors.IsAway(exception, cancellation))
        {
            throw CosmosErrors.ToException(exception);
        }
    }

    /// <summary>Gives up where the service hangs: as if it were cut off, so that the outcome of a write is unknown then.</summary>
    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException hung) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {patience.TotalSeconds} s", hung);
        }
    }

    private static Stream Succeeded(ResponseMessage response) =>
        response.IsSuccessStatusCode ? response.Content : throw CosmosErrors.ToException(response.StatusCode, response.ErrorMessage);

    private void Record(string operation, string partition, HttpStatusCode status, double charge) =>
        CosmosTelemetry.Record(logger, operation, partition, status, charge);
}
