using System.Text.Json.Nodes;
#if ON_AZURE
using Serverless.Acceptance.Tests.FunctionsHost;
#endif

namespace Serverless.Acceptance.Tests.Support;

/// <summary>
/// A device that sends telemetry: with Microsoft's own client to the cloud's MQTT endpoint, or, where the cloud runs behind the Functions host, as the envelope of the message that IoT Hub would have
/// routed.
/// </summary>
internal sealed class DeviceSender : IAsyncDisposable
{
#if ON_AZURE
    private static long sequence;
    private readonly CloudProcess cloud;
    private readonly TestDevice device;

    private DeviceSender(CloudProcess cloud, TestDevice device) => (this.cloud, this.device) = (cloud, device);

    public static Task<DeviceSender> OpenAsync(CloudProcess cloud, TestDevice device) => Task.FromResult(new DeviceSender(cloud, device));

    public Task SendAsync(JsonNode body) => cloud.InvokeAsync("telemetry", Envelope.Many(EventOf(device, body.ToJsonString())));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static HostEvent EventOf(TestDevice device, string body) =>
        HostEvent.Of(device.Uuid, body, Interlocked.Increment(ref sequence)) with
        {
            Enqueued = DateTime.UtcNow,
        };
#else
    private readonly NodeDevice node;

    private DeviceSender(NodeDevice node) => this.node = node;

    public static async Task<DeviceSender> OpenAsync(CloudProcess cloud, TestDevice device) =>
        new(await NodeDevice.OpenAsync(cloud, device));

    public Task SendAsync(JsonNode body) => node.SendAsync(body);

    public ValueTask DisposeAsync() => node.DisposeAsync();
#endif

    /// <summary>Sends one message, as it is.</summary>
    public static Task SendOneAsync(CloudProcess cloud, TestDevice device, string body, params (string Name, string Value)[] properties) =>
#if ON_AZURE
        cloud.InvokeAsync("telemetry", Envelope.Many(EventOf(device, body) with { Properties = properties }));
#else
        new Mosquitto(cloud)
        {
            Topic =
                $"devices/{device.Uuid}/messages/events/"
                + string.Join('&', properties.Select(property => $"{property.Name}={Uri.EscapeDataString(property.Value)}")),
        }.PublishAsync(device, body);
#endif
}
