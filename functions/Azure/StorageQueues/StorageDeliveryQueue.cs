using System.Globalization;
using System.Security;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Azure.TableStorage;
using Serverless.Domain.Documents;
using Serverless.Domain.Webhooks;

namespace Serverless.Azure.StorageQueues;

/// <summary>
/// The queue of deliveries in a Storage queue, whose messages the Functions host brings to the function deliveries. A message is not seen before its delivery is due (visibilitytimeout), which a function's
/// output binding cannot say; so messages are put over REST, on Azure.Core's pipeline.
/// </summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/put-message.</remarks>
public sealed class StorageDeliveryQueue : IDeliveryQueue
{
    private const string ApiVersion = "2021-12-02";
    private const string Scope = "https://storage.azure.com/.default";

    // A message can be hidden for 7 days, less than its own life.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(6);

    private readonly HttpPipeline pipeline;
    private readonly Uri messages;
    private readonly TimeProvider time;

    /// <param name="service">The queue service, https://{account}.queue.core.windows.net/.</param>
    /// <param name="queue">The queue, which is there.</param>
    /// <param name="credential">An identity with the role Storage Queue Data Contributor.</param>
    /// <param name="options">Retries, transport and diagnostics.</param>
    /// <param name="time">The clock.</param>
    public StorageDeliveryQueue(Uri service, string queue, TokenCredential credential, StorageQueueOptions options, TimeProvider time)
        : this(service, queue, new BearerTokenAuthenticationPolicy(credential, Scope), options, time) { }

    private StorageDeliveryQueue(
        Uri service,
        string queue,
        HttpPipelinePolicy authentication,
        StorageQueueOptions options,
        TimeProvider time
    )
    {
        this.time = time;
        messages = new Uri($"{service.AbsoluteUri.TrimEnd('/')}/{queue}/messages");
        pipeline = HttpPipelineBuilder.Build(options, [], [authentication], new ResponseClassifier());
    }

    /// <summary>A queue that is reached with a shared access signature, as that of a stand-in.</summary>
    /// <param name="service">The queue service, with the account in its path.</param>
    /// <param name="queue">The queue, which is there.</param>
    /// <param name="signature">The signature, as a query.</param>
    /// <param name="time">The clock.</param>
    public static StorageDeliveryQueue WithSignature(Uri service, string queue, string signature, TimeProvider time) =>
        new(service, queue, new SignatureInQueryPolicy(signature.TrimStart('?')), new StorageQueueOptions(), time);

    /// <exception cref="StoreUnavailableException">The service does not answer, is busy after all retries, or does not let this identity in.</exception>
    public async Task EnqueueAsync(DeliveryRef delivery, DateTimeOffset due, CancellationToken cancellation)
    {
        var delay = due - time.GetUtcNow();
        var seconds = Math.Ceiling(Math.Clamp(delay.TotalSeconds, 0, Longest.TotalSeconds));
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(messages);
        message.Request.Uri.AppendQuery("visibilitytimeout", seconds.ToString(CultureInfo.InvariantCulture));
        message.Request.Uri.AppendQuery("messagettl", "-1");
        message.Request.Headers.Add("x-ms-version", ApiVersion);
        message.Request.Headers.Add("Content-Type", "application/xml");
        var text = SecurityElement.Escape(DeliveryMessage.Write(delivery));
        message.Request.Content = RequestContent.Create(
            BinaryData.FromString($"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>")
        );
        await pipeline.SendToServiceAsync(message, $"The queue service at {messages.Host}", cancellation);

        if (message.Response.Status != 201)
        {
            throw new StoreUnavailableException($"Storage queues at {messages.Host} answer {message.Response.Status}.");
        }
    }
}

/// <summary>What the pipeline of <see cref="StorageDeliveryQueue"/> is made with.</summary>
public sealed class StorageQueueOptions : ClientOptions;
