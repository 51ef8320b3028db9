using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Serverless.Domain.Documents;

namespace Serverless.Azure;

/// <summary>What Azure.Core's pipeline does not say by itself: which of its exceptions mean that a service is away.</summary>
internal static class ServicePipeline
{
    /// <summary>Whether an exception of the pipeline says that the service was not reached, did not answer in time, or gave no token.</summary>
    public static bool IsAway(Exception exception) =>
        exception
            is RequestFailedException
                or AggregateException
                or OperationCanceledException
                or IOException
                or HttpRequestException
                or AuthenticationFailedException
                or JsonException;

    /// <summary>Sends a message with the pipeline's retries.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="message">The message, which has the response afterwards, whatever its status.</param>
    /// <param name="service">What the service is called in errors.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreUnavailableException">The service was not reached, did not answer in time, or gave no token.</exception>
    public static async Task SendToServiceAsync(
        this HttpPipeline pipeline,
        HttpMessage message,
        string service,
        CancellationToken cancellation
    )
    {
        try
        {
            await pipeline.SendAsync(message, cancellation);
        }
        catch (Exception away) when (IsAway(away) && !cancellation.IsCancellationRequested)
        {
            var inTime = away is OperationCanceledException ? " in time" : "";
            throw new StoreUnavailableException($"{service} does not answer{inTime}.", away);
        }
    }
}
