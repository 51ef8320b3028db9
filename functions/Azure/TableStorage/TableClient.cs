using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Domain.Documents;

namespace Serverless.Azure.TableStorage;

/// <summary>One table over REST: transactions, queries and look-ups. Retries, logs and credentials are the pipeline's.</summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/> when the service cannot be reached, is busy after all retries, or refuses the identity.</remarks>
internal sealed class TableClient(HttpPipeline pipeline, Uri service, string table)
{
    private const string ApiVersion = "2020-12-06";
    private const string Metadata = "application/json;odata=minimalmetadata";
    private const string NoMetadata = "application/json;odata=nometadata";

    private const int Attempts = 20;

    private readonly string root = service.AbsoluteUri.TrimEnd('/');

    private string Address => $"{root}/{table}";

    /// <summary>Commits operations on one partition, all or none. Where there is no table yet, it is created first.</summary>
    /// <returns>The refusal, or null where they were committed. After a retry a refusal may come from an attempt before that was committed and whose answer got lost.</returns>
    public async Task<TableError?> CommitAsync(
        string partitionKey,
        IReadOnlyList<TableOperation> operations,
        CancellationToken cancellation
    )
    {
        var body = new TransactionBody(Address, partitionKey, operations);
        var refusal = await SendAsync(body, cancellation);
        if (refusal?.Code == TableError.TableNotFound)
        {
            await CreateAsync(cancellation);
            refusal = await SendAsync(body, cancellation);
        }

        return refusal;
    }

    /// <summary>Commits operations that cannot depend on what is stored. They are refused all the same where two work on one entity at once.</summary>
    public async Task ReplaceAsync(string partitionKey, IReadOnlyList<TableOperation> replacements, CancellationToken cancellation)
    {
        for (var attempt = 1; await CommitAsync(partitionKey, replacements, cancellation) is { } refusal; attempt++)
        {
            if (attempt == Attempts)
            {
                throw ToException(refusal);
            }
        }
    }

    /// <summary>Entities of a partition with from ≤ row key &lt; before, in the order of their keys. None where there is no table.</summary>
    /// <param name="partitionKey">The partition.</param>
    /// <param name="from">The first row key.</param>
    /// <param name="before">The row key before which to end.</param>
    /// <param name="select">The properties to return, between commas; null for all.</param>
    /// <param name="etags">Whether entities come with their ETags.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public async IAsyncEnumerable<TableEntity> QueryAsync(
        string partitionKey,
        string from,
        string before,
        string? select,
        bool etags,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var filter = $"PartitionKey eq '{partitionKey}' and RowKey ge '{from}' and RowKey lt '{before}'";
        var query = $"{Address}()?$filter={Uri.EscapeDataString(filter)}{(select is null ? "" : $"&$select={select}")}";
        string? next = "";
        while (next is not null)
        {
            using var message = Message(RequestMethod.Get, query + next, etags ? Metadata : NoMetadata);
            await SendAsync(message, cancellation);
            if (IsMissing(message.Response))
            {
                yield break;
            }

            using var page = Parse(message.Response);
            foreach (var entity in page.RootElement.GetProperty("value").EnumerateArray())
            {
                yield return new TableEntity(entity);
            }

            next = Continuation(message.Response);
        }
    }

    /// <summary>What changes whenever an entity is written, even with what it had before: its number and the service's time of the write. 0 where there is no entity.</summary>
    public async Task<long> GetVersionAsync(string partitionKey, string rowKey, string number, CancellationToken cancellation)
    {
        var address = $"{TransactionBody.AddressOf(Address, partitionKey, rowKey)}?$select={number},Timestamp";
        using var message = Message(RequestMethod.Get, address, NoMetadata);
        await SendAsync(message, cancellation);
        if (IsMissing(message.Response))
        {
            return 0;
        }

        using var json = Parse(message.Response);
        var entity = new TableEntity(json.RootElement);
        return entity.Number(number) ^ entity.Timestamp.UtcTicks;
    }

    private Exception ToException(TableError refusal) => TableErrors.ToException(service, refusal);

    private async Task CreateAsync(CancellationToken cancellation)
    {
        using var message = Message(RequestMethod.Post, $"{root}/Tables", NoMetadata);
        message.Request.Headers.Add(HttpHeader.Names.ContentType, "application/json");
        message.Request.Headers.Add("Prefer", "return-no-content");
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new { TableName = table }));
        await SendAsync(message, cancellation);
        if (message.Response.Status >= 400 && TableErrors.Of(message.Response) is { Code: not TableError.TableAlreadyExists } refusal)
        {
            throw ToException(refusal);
        }
    }

    private async Task<TableError?> SendAsync(TransactionBody body, CancellationToken cancellation)
    {
        using var message = Message(RequestMethod.Post, $"{root}/$batch", Metadata);
        message.Request.Headers.Add(HttpHeader.Names.ContentType, body.ContentType);
        message.Request.Content = RequestContent.Create(body.Bytes);
        await SendAsync(message, cancellation);
        var response = message.Response;
        var refusal = response.Status == TransactionAnswer.Accepted ? TransactionAnswer.Read(response.Content) : TableErrors.Of(response);
        return refusal is null or { IsConflict: true } ? refusal : throw ToException(refusal);
    }

    private HttpMessage Message(RequestMethod method, string address, string accept)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(address));
        message.Request.Headers.Add("x-ms-version", ApiVersion);
        message.Request.Headers.Add("DataServiceVersion", "3.0");
        message.Request.Headers.Add("MaxDataServiceVersion", "3.0;NetFx");
        message.Request.Headers.Add(HttpHeader.Names.Accept, accept);
        return message;
    }

    private async Task SendAsync(HttpMessage message, CancellationToken cancellation)
    {
        try
        {
            await pipeline.SendAsync(message, cancellation);
        }
        catch (Exception away) when (!cancellation.IsCancellationRequested && ServicePipeline.IsAway(away))
        {
            throw TableErrors.NotReached(service, away);
        }
    }

    /// <exception cref="StoreUnavailableException">The response is neither a success nor 404.</exception>
    private bool IsMissing(Response response)
    {
        if (response.Status < 400)
        {
            return false;
        }

        var refusal = TableErrors.Of(response);
        return refusal.Status == 404 ? true : throw ToException(refusal);
    }

    private JsonDocument Parse(Response response)
    {
        try
        {
            return JsonDocument.Parse(response.Content);
        }
        catch (JsonException broken)
        {
            throw TableErrors.NotReached(service, broken);
        }
    }

    /// <summary>What asks for the page after a response's, as more of the query; null after the last. A page may be empty and have one.</summary>
    private static string? Continuation(Response response)
    {
        var partition = response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var key) ? key : null;
        var row = response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out key) ? key : null;
        return partition is null && row is null
            ? null
            : $"&NextPartitionKey={Uri.EscapeDataString(partition ?? "")}{(row is null ? "" : $"&NextRowKey={Uri.EscapeDataString(row)}")}";
    }
}
