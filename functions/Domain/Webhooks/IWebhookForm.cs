using System.Text.Json;
using Serverless.Domain.Events;

namespace Serverless.Domain.Webhooks;

/// <summary>What the body of a webhook's request looks like.</summary>
public interface IWebhookForm
{
    /// <summary>The name by which a webhook chooses it.</summary>
    string Name { get; }

    /// <summary>The Content-Type of its requests.</summary>
    string ContentType { get; }

    /// <summary>The body in which an event is sent: the same bytes for the same event, or null where this form has none for such an event. Every form has one for a <see cref="WebhookTest"/>.</summary>
    byte[]? Write(CloudEvent cloudEvent);
}

/// <summary>The event itself, in the structured JSON format of CloudEvents 1.0.</summary>
public sealed class CloudEventsForm : IWebhookForm
{
    public const string FormName = "cloudevents";

    public string Name => FormName;

    public string ContentType => $"{CloudEventJson.ContentType}; charset=utf-8";

    public byte[] Write(CloudEvent cloudEvent) => JsonSerializer.SerializeToUtf8Bytes(CloudEventJson.Write(cloudEvent));
}
