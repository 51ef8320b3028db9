using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Azure.EventGrid;

/// <summary>
/// Publishes to an Event Grid topic whose input schema is CloudEvents 1.0, over HTTPS on Azure.Core's pipeline: batches of at most a megabyte, which the topic has when it answers 200. An id that is
/// published again is delivered again: whoever handles events knows them by their ids.
/// </summary>
/// <remarks>https://learn.microsoft.com/azure/event-grid/post-to-custom-topic and https://learn.microsoft.com/azure/event-grid/cloud-event-schema.</remarks>
public sealed class EventGridPublisher : IEventPublisher
{
    private const string ApiVersion = "2018-01-01";
    private const string Scope = "https://eventgrid.azure.net/.default";
    private const string ContentType = "application/cloudevents-batch+json; charset=utf-8";

    // The topic takes 1 MB; the brackets and commas are within the rest.
    private const int MostBytes = 1_000_000;

    private readonly HttpPipeline pipeline;
    private readonly Uri topic;

    /// <param name="topic">Where events are published, https://{topic}.{region}-1.eventgrid.azure.net/api/events.</param>
    /// <param name="credential">An identity with the role EventGrid Data Sender on it.</param>
    /// <param name="options">Retries, transport and diagnostics.</param>
    public EventGridPublisher(Uri topic, TokenCredential credential, EventGridPublisherOptions options)
    {
        this.topic = topic;
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, Scope));
    }

    /// <exception cref="StoreUnavailableException">The topic does not answer, is busy after all retries, or does not let this identity in. Some of the events may be published.</exception>
    public async Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var batch = new MemoryStream();
        foreach (var cloudEvent in events.DistinctBy(one => (one.Source, one.Id)))
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(CloudEventJson.Write(cloudEvent));
            if (batch.Length > 0 && batch.Length + json.Length + 2 > MostBytes)
            {
                await SendAsync(batch, cancellation);
                batch.SetLength(0);
            }

            batch.WriteByte(batch.Length == 0 ? (byte)'[' : (byte)',');
            batch.Write(json);
        }

        if (batch.Length > 0)
        {
            await SendAsync(batch, cancellation);
        }
    }

    private async Task SendAsync(MemoryStream batch, CancellationToken cancellation)
    {
        batch.WriteByte((byte)']');
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(topic);
        message.Request.Uri.AppendQuery("api-version", ApiVersion);
        message.Request.Headers.Add("Content-Type", ContentType);
        message.Request.Content = RequestContent.Create(batch.ToArray());
        await pipeline.SendToServiceAsync(message, $"Event Grid at {topic.Host}", cancellation);

        if (message.Response.Status != 200)
        {
            throw new StoreUnavailableException($"Event Grid at {topic.Host} answers {message.Response.Status}.");
        }
    }
}

/// <summary>What the pipeline of <see cref="EventGridPublisher"/> is made with.</summary>
public sealed class EventGridPublisherOptions : ClientOptions;
