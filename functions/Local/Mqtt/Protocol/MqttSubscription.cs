namespace Serverless.Local.Mqtt.Protocol;

/// <summary>A topic filter, and the QoS that the client asks for.</summary>
public readonly record struct MqttSubscription(string Filter, MqttQos Qos);
