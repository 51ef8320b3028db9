namespace Serverless.Local.Mqtt.Protocol;

/// <summary>The client broke the protocol, or a rule of its topic space: its connection ends, and nothing else.</summary>
/// <param name="reason">What it did, for the log; it holds nothing that the client sent but a topic.</param>
/// <param name="returnCode">What CONNACK says before the end, where the packet is a CONNECT that deserves an answer.</param>
public sealed class MqttProtocolException(string reason, ConnectReturnCode? returnCode = null) : Exception(reason)
{
    public ConnectReturnCode? ReturnCode { get; } = returnCode;
}
