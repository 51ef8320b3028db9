using Serverless.Domain.Devices;

namespace Serverless.Domain.Telemetry;

/// <summary>Takes messages that are more than readings: what they say is done, and not decoded. A message may come again, with the same time; what it does must then not be done twice.</summary>
public interface IMessageHandler
{
    /// <summary>Whether a message is of this handler's dialect.</summary>
    bool Handles(DeviceMessage message);

    /// <summary>Does what a message says; durable when the task completes.</summary>
    /// <param name="tenant">The sender's tenant.</param>
    /// <param name="sender">The device that sent it.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="PayloadException">It, or a part of it, cannot be done; it goes to the dead letters whole.</exception>
    Task HandleAsync(string tenant, DeviceTwin sender, DeviceMessage message, CancellationToken cancellation);
}
