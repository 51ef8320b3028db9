using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// What a topic space does with one client's connection. Calls come one at a time, in the order of the packets; a <see cref="MqttProtocolException"/>
/// from any of them ends the connection.
/// </summary>
public interface IMqttSession
{
    /// <summary>Names the client on the whole endpoint: a new connection with the same key ends the old one first.</summary>
    string Key { get; }

    /// <summary>When the credentials expire, and the connection with them.</summary>
    DateTimeOffset? Expires { get; }

    /// <summary>The highest QoS that the client may publish with: beyond it the connection ends.</summary>
    MqttQos MaximumQos { get; }

    /// <summary>The client is in, and no other connection has its key. What the session sends from now on comes after CONNACK.</summary>
    /// <returns>Whether an earlier session goes on, which CONNACK tells the client.</returns>
    ValueTask<bool> OnConnectedAsync(IMqttLink link, CancellationToken cancellation);

    /// <summary>CONNACK or SUBACK is on its way: what waits for the client may follow.</summary>
    void OnReady();

    /// <summary>Takes a message.</summary>
    /// <returns>A task that completes when the message is durable, which is when the client gets its acknowledgement. Where it fails the connection ends,
    /// so that the client sends the message again.</returns>
    Task OnPublish(MqttMessage message, CancellationToken cancellation);

    /// <summary>The client has the message that was sent at QoS 1 with this identifier.</summary>
    void OnAcknowledged(ushort packetId);

    /// <returns>One code for each subscription: the granted QoS, or <see cref="MqttSubscribe.Refused"/>.</returns>
    ValueTask<byte[]> OnSubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellation);

    ValueTask OnUnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation);

    /// <summary>The connection has ended. It is called once for each <see cref="OnConnectedAsync"/>, also where that failed.</summary>
    /// <param name="publishWill">Whether the end was neither the client's DISCONNECT nor the server's shutdown.</param>
    Task OnDisconnectedAsync(bool publishWill);
}
