using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.Tests.TableStorage;

/// <summary>Counts the requests that leave the client, retries included.</summary>
internal sealed class CountingTransport : HttpPipelineTransport
{
    private readonly HttpPipelineTransport inner = HttpClientTransport.Shared;
    private int requests;

    public int Requests => requests;

    public int TakeRequests() => Interlocked.Exchange(ref requests, 0);

    public override Request CreateRequest() => inner.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The client is asynchronous.");

    public override ValueTask ProcessAsync(HttpMessage message)
    {
        Interlocked.Increment(ref requests);
        return inner.ProcessAsync(message);
    }
}
