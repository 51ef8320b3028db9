using System.Text.Json.Nodes;

namespace Serverless.Domain.Events;

/// <summary>A CloudEvents 1.0 event. Its id is derived from what caused it, so that the same cause gives the same event again.</summary>
/// <param name="Id">Unique within the source.</param>
/// <param name="Source">A URI reference: /tenants/{tenant}.</param>
/// <param name="Type">What happened, such as serverless.device.created.</param>
/// <param name="Subject">What it happened to, such as devices/{id}.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Data">The event's JSON data.</param>
public sealed record CloudEvent(string Id, string Source, string Type, string Subject, DateTimeOffset Time, JsonObject Data);

/// <summary>Publishes events to whoever subscribed. Adapters: the outbox in the local store, an Event Grid topic.</summary>
public interface IEventPublisher
{
    /// <summary>Publishes events, durable when the task completes. Each is delivered at least once, with its id as given; an id that is published again may be delivered again.</summary>
    Task PublishAsync(IReadOnlyList<CloudEvent> events, CancellationToken cancellation);
}
