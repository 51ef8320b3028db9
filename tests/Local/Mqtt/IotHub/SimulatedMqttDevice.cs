using System.Text.Json.Nodes;
using Serverless.Contracts.Devices;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Tests.Mqtt.Support;

namespace Serverless.Local.Tests.Mqtt.IotHub;

/// <summary>The contract suite's device, on a raw connection.</summary>
internal sealed class SimulatedMqttDevice(string hubId, TestClient client, MemoryHub hub) : ISimulatedDevice
{
    public Task SubscribeAsync() =>
        client.SubscribeAsync(
            ($"devices/{hubId}/messages/devicebound/#", 1),
            ("$iothub/methods/POST/#", 0),
            ("$iothub/twin/PATCH/properties/desired/#", 0)
        );

    public async Task<ReceivedMethod> NextMethodAsync()
    {
        var packet = await client.ReadAsync(PacketType.Publish);
        var parts = packet.Topic.Split('/');
        Assert.Equal("$iothub/methods/POST", string.Join('/', parts[..3]));
        return new ReceivedMethod(parts[4].Replace("?$rid=", "", StringComparison.Ordinal), parts[3], JsonNode.Parse(packet.Payload));
    }

    public Task RespondAsync(string requestId, int status, JsonNode? payload) =>
        client.SendAsync(ClientPackets.Publish($"$iothub/methods/res/{status}/?$rid={requestId}", payload?.ToJsonString() ?? ""));

    public async Task<(JsonObject Patch, long Version)> NextDesiredAsync()
    {
        var packet = await client.ReadAsync(PacketType.Publish);
        var patch = JsonNode.Parse(packet.Payload)!.AsObject();
        var version = (long)patch["$version"]!;
        Assert.Equal($"$iothub/twin/PATCH/properties/desired/?$version={version}", packet.Topic);
        patch.Remove("$version");
        return (patch, version);
    }

    public async Task<ReceivedMessage> NextMessageAsync()
    {
        var packet = await client.ReadAsync(PacketType.Publish);
        await client.SendAsync(ClientPackets.PubAck(packet.PacketId));
        var prefix = $"devices/{hubId}/messages/devicebound/";
        Assert.StartsWith(prefix, packet.Topic, StringComparison.Ordinal);
        var pairs = packet.Topic[prefix.Length..].Split('&').Select(pair => pair.Split('=')).ToList();
        var properties = pairs.ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));
        return new ReceivedMessage(properties["$.mid"], packet.Payload, properties);
    }

    public Task WaitUntilEndedAsync() => client.AssertClosedAsync();

    public async Task DisconnectAsync()
    {
        await client.SendAsync(ClientPackets.Disconnect);
        await client.AssertClosedAsync();
        Assert.Equal((hubId, false), hub.Connections.Last());
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
