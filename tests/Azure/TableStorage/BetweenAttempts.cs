using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.Tests.TableStorage;

/// <summary>Does something once, before the second attempt of a request.</summary>
internal sealed class BetweenAttempts(Func<Task> work) : HttpPipelinePolicy
{
    private readonly HashSet<string> seen = [];
    private bool done;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The client is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (!seen.Add(message.Request.ClientRequestId) && !done)
        {
            done = true;
            await work();
        }

        await ProcessNextAsync(message, pipeline);
    }
}
