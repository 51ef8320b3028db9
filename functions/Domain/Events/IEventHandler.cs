namespace Serverless.Domain.Events;

/// <summary>Receives what was published.</summary>
public interface IEventHandler
{
    /// <summary>Handles one event. It may come more than once, with the same source and id; an exception has it come again later.</summary>
    Task HandleAsync(CloudEvent cloudEvent, CancellationToken cancellation);
}
