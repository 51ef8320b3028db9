using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>A session's way to its client. Its members may be called from any thread; after the connection's end they do nothing.</summary>
public interface IMqttLink
{
    /// <summary>Sends a message. A client that does not read what is sent to it loses its connection.</summary>
    /// <param name="message">The message, at QoS 0 or 1.</param>
    /// <param name="packetId">At QoS 1 the identifier that the client acknowledges; the session chooses it, since a redelivery needs the same one again.</param>
    /// <param name="duplicate">Whether it may have been sent before.</param>
    void Publish(MqttMessage message, ushort packetId = 0, bool duplicate = false);

    /// <summary>Waits for what has been sent to be on its way: handed to the network, which takes no more than the client reads.</summary>
    /// <returns>Whether it is; false where the connection ended before.</returns>
    Task<bool> FlushAsync();

    /// <summary>Ends the connection.</summary>
    /// <param name="reason">Why, for the log.</param>
    void Close(string reason);
}
