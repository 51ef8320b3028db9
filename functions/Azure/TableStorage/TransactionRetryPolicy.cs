using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.TableStorage;

/// <summary>Makes the pipeline try a transaction again whose own answer is 202 and in which stands that the service cannot answer now.</summary>
internal sealed class TransactionRetryPolicy : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ProcessNext(message, pipeline);
        Check(message.Response);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        Check(message.Response);
    }

    /// <exception cref="RequestFailedException">As for a connection that broke: the pipeline does not look at the status of a success.</exception>
    private static void Check(Response response)
    {
        if (
            response.Status == TransactionAnswer.Accepted
            && TransactionAnswer.Read(response.Content) is { } refusal
            && TableErrors.IsAway(refusal.Status)
        )
        {
            throw new RequestFailedException(
                $"a transaction was answered with {refusal.Status} {refusal.Code}",
                new IOException(refusal.Code)
            );
        }
    }
}
