using Azure.Core;

namespace Serverless.Azure.TableStorage;

/// <summary>The settings of Azure.Core's pipeline: retries with growing delays that heed Retry-After, and a timeout of each attempt.</summary>
internal sealed class TableClientOptions : ClientOptions
{
    public TableClientOptions()
    {
        Retry.Mode = RetryMode.Exponential;
        Retry.Delay = TimeSpan.FromMilliseconds(400);
        Retry.MaxDelay = TimeSpan.FromSeconds(8);
        Retry.MaxRetries = 5;
        // The service gives up a request after 30 s: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination.
        Retry.NetworkTimeout = TimeSpan.FromSeconds(35);
    }
}
