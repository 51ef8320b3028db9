using System.Text.Json;
using Azure.Core;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Serverless.Azure.CosmosDb;

/// <summary>The client of one account, made once for the process's life, and the stores over it.</summary>
public sealed class CosmosConnection : IDisposable
{
    private readonly CosmosOptions options;
    private readonly CosmosClient client;

    private CosmosConnection(CosmosOptions options, CosmosClient client)
    {
        this.options = options;
        this.client = client;
    }

    /// <summary>Makes the client; nothing is sent yet.</summary>
    /// <param name="options">The account. With <see cref="CosmosOptions.Key"/>, the credential is not used.</param>
    /// <param name="credential">The identity (Entra), which needs the role Cosmos DB Built-in Data Contributor.</param>
    /// <param name="http">Makes the HTTP client, or null for the SDK's own; for stand-ins and tests.</param>
    /// <exception cref="ArgumentException">There is neither key nor credential.</exception>
    public static CosmosConnection Open(CosmosOptions options, TokenCredential? credential, Func<HttpClient>? http = null)
    {
        var endpoint = options.Endpoint.AbsoluteUri;
        if (options.Key is { } key)
        {
            return new CosmosConnection(options, new CosmosClient(endpoint, key, ClientOptions(options, http)));
        }

        ArgumentNullException.ThrowIfNull(credential);
        return new CosmosConnection(options, new CosmosClient(endpoint, credential, ClientOptions(options, http)));
    }

    /// <summary>The documents of the container.</summary>
    public CosmosDocumentStore Documents(TimeProvider time, ILogger<CosmosDocumentStore>? logger = null) =>
        Documents(time, DocumentOrders.Listed, logger);

    /// <summary>Makes database and container where there are none: for a stand-in. On Azure the template makes them; an identity's data
    /// role may not.</summary>
    /// <exception cref="Domain.Documents.StoreUnavailableException">The service cannot be reached.</exception>
    public Task CreateContainerAsync(CancellationToken cancellation) => CreateContainerAsync(DocumentOrders.Listed, cancellation);

    public void Dispose() => client.Dispose();

    internal CosmosDocumentStore Documents(TimeProvider time, DocumentOrders orders, ILogger? logger) =>
        new(
            new CosmosRequests(
                client.GetContainer(options.Database, options.Container),
                options.Patience,
                time,
                logger ?? NullLogger.Instance
            ),
            orders,
            time
        );

    internal async Task CreateContainerAsync(DocumentOrders orders, CancellationToken cancellation)
    {
        try
        {
            Database database = await client.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellation);
            await database.CreateContainerIfNotExistsAsync(
                ContainerDefinition.Of(options.Container, orders),
                cancellationToken: cancellation
            );
        }
        catch (Exception away) when (CosmosErrors.IsAway(away, cancellation))
        {
            throw CosmosErrors.ToException(away);
        }
    }

    private static CosmosClientOptions ClientOptions(CosmosOptions options, Func<HttpClient>? http) =>
        new()
        {
            ApplicationName = options.ApplicationName,
            ConnectionMode = options.Gateway ? ConnectionMode.Gateway : ConnectionMode.Direct,
            // Else the SDK sends a write again in another region when its outcome is unknown: that is for the store to decide, which can
            // tell its own writes.
            LimitToEndpoint = true,
            RequestTimeout = options.RequestTimeout,
            MaxRetryAttemptsOnRateLimitedRequests = options.ThrottleRetries,
            MaxRetryWaitTimeOnRateLimitedRequests = options.ThrottleWait,
            EnableContentResponseOnWrite = false,
            UseSystemTextJsonSerializerWithOptions = JsonSerializerOptions.Default,
            HttpClientFactory = http,
        };
}
