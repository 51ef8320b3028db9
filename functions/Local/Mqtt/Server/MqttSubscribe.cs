namespace Serverless.Local.Mqtt.Server;

/// <summary>The codes of SUBACK beside the granted QoS.</summary>
public static class MqttSubscribe
{
    /// <summary>The subscription is refused.</summary>
    public const byte Refused = 0x80;
}
