namespace Serverless.Azure.CosmosDb;

/// <summary>Where the documents are and how patient the client is.</summary>
/// <remarks>The account's consistency must be Strong or Bounded staleness: reads of any instance see what another has just
/// written.</remarks>
public sealed record CosmosOptions
{
    /// <summary>The account's endpoint, such as https://name.documents.azure.com/.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The account's key, for a stand-in without Entra only; null where a credential signs the requests.</summary>
    public string? Key { get; init; }

    public string Database { get; init; } = "serverless";

    public string Container { get; init; } = "documents";

    /// <summary>Whether requests go over HTTPS through the account's gateway instead of straight to its replicas. A stand-in needs it.
    /// Default false.</summary>
    public bool Gateway { get; init; }

    /// <summary>What the account's logs call this program.</summary>
    public string ApplicationName { get; init; } = "serverless";

    /// <summary>How long one attempt may take. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request may take with all its attempts: in gateway mode the SDK's own go on for more than a minute where the service hangs. Default 20 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a request that was throttled (429) is sent again. Default 9.</summary>
    public int ThrottleRetries { get; init; } = 9;

    /// <summary>How long all retries of a throttled request may take together. Default 15 s.</summary>
    public TimeSpan ThrottleWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without the key, which must not reach a log.</summary>
    public override string ToString() => $"{Endpoint} {Database}/{Container}";
}
