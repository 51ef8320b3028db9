using System.Text.Json.Nodes;

namespace Serverless.Contracts.Devices;

/// <summary>A method call as the device sees it.</summary>
public sealed record ReceivedMethod(string RequestId, string Name, JsonNode? Payload);

/// <summary>A message from the cloud as the device sees it.</summary>
public sealed record ReceivedMessage(string MessageId, string Body, IReadOnlyDictionary<string, string> Properties);

/// <summary>A device at the other end of a gateway. Each method waits for what it returns, and fails where it does not come.</summary>
public interface ISimulatedDevice : IAsyncDisposable
{
    /// <summary>Takes part in direct methods, desired changes and messages from now on.</summary>
    Task SubscribeAsync();

    Task<ReceivedMethod> NextMethodAsync();

    Task RespondAsync(string requestId, int status, JsonNode? payload);

    Task<(JsonObject Patch, long Version)> NextDesiredAsync();

    /// <summary>Takes the next message, and completes it.</summary>
    Task<ReceivedMessage> NextMessageAsync();

    /// <summary>Waits until the hub has ended the connection.</summary>
    Task WaitUntilEndedAsync();

    /// <summary>Ends the connection; the hub knows when the task completes.</summary>
    Task DisconnectAsync();
}
