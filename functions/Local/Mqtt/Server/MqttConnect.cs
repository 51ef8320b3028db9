using System.Security.Cryptography.X509Certificates;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>What a client says of itself when it connects.</summary>
/// <param name="ClientId">The client identifier; it may be empty where the session is clean.</param>
/// <param name="CleanSession">False keeps the session's subscriptions and what is on its way when the connection ends.</param>
/// <param name="UserName">The user name, or null.</param>
/// <param name="Password">The password's bytes, or null.</param>
/// <param name="Will">What to publish when the connection ends without a DISCONNECT, or null.</param>
/// <param name="Certificate">The certificate shown in the TLS handshake, or null. Nothing but the possession of its key has been verified.</param>
/// <param name="ProtocolVersion">3 for MQTT 3.1, 4 for 3.1.1.</param>
/// <param name="KeepAlive">Seconds between signs of life, 0 for none.</param>
/// <param name="Address">The address that it connects from, without a port, or null where that is unknown.</param>
public sealed record MqttConnect(
    string ClientId,
    bool CleanSession,
    string? UserName,
    ReadOnlyMemory<byte>? Password,
    MqttMessage? Will,
    X509Certificate2? Certificate,
    int ProtocolVersion,
    int KeepAlive,
    string? Address
);
