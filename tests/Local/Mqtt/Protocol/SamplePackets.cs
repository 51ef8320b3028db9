using Serverless.Local.Tests.Mqtt.Support;

namespace Serverless.Local.Tests.Mqtt.Protocol;

/// <summary>One whole packet of each type that a client sends.</summary>
internal static class SamplePackets
{
    public static readonly IReadOnlyDictionary<string, byte[]> All = new Dictionary<string, byte[]>
    {
        ["CONNECT"] = ClientPackets.Connect("dev1", "user", "secret", clean: false, keepAlive: 300, will: ("a/b", [1, 2], 1)),
        ["PUBLISH"] = ClientPackets.Publish("devices/dev1/messages/events/", [1, 2, 3, 4], qos: 1, id: 513),
        ["PUBACK"] = ClientPackets.PubAck(513),
        ["PUBREL"] = ClientPackets.PubRel(513),
        ["SUBSCRIBE"] = ClientPackets.Subscribe(513, ("a/#", 1), ("b/+/c", 0)),
        ["UNSUBSCRIBE"] = ClientPackets.Unsubscribe(513, "a/#", "b/+/c"),
        ["PINGREQ"] = ClientPackets.PingReq,
        ["DISCONNECT"] = ClientPackets.Disconnect,
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
