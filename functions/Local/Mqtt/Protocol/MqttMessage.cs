namespace Serverless.Local.Mqtt.Protocol;

/// <summary>An application message: what PUBLISH carries, or a will.</summary>
/// <param name="Topic">The topic name, without wildcards.</param>
/// <param name="Payload">The payload's bytes; they may be kept.</param>
/// <param name="Qos">How surely it is to be delivered.</param>
/// <param name="Retain">Whether the sender asked for it to be retained.</param>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, MqttQos Qos, bool Retain = false)
{
    /// <summary>The packet identifier that the sender has given it, or 0.</summary>
    public ushort PacketId { get; init; }
}
