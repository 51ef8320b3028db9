using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A device that runs Microsoft's own client, azure-iot-device-mqtt, in a node process (node/device.mjs).</summary>
internal sealed class NodeDevice : IAsyncDisposable
{
    private readonly NodeProcess process;

    private NodeDevice(NodeProcess process) => this.process = process;

    public static async Task<NodeDevice> StartAsync() => new(await NodeProcess.StartAsync("device.mjs"));

    /// <summary>A device that is connected with its symmetric key.</summary>
    public static async Task<NodeDevice> OpenAsync(CloudProcess cloud, TestDevice device, int? tokenSeconds = null)
    {
        var node = await StartAsync();
        var options = new JsonObject { ["connection"] = device.ConnectionString(cloud.MqttsPort), ["ca"] = cloud.AuthorityPath };
        options["tokenSeconds"] = tokenSeconds;
        await node.CallAsync("open", options);
        return node;
    }

    public Task SendAsync(JsonNode body) => CallAsync("send", new JsonObject { ["body"] = body, ["contentType"] = "application/json" });

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="InvalidOperationException">The client refuses; the message is what it says.</exception>
    public Task<JsonNode?> CallAsync(string command, JsonObject? arguments = null) => process.CallAsync(command, arguments);

    /// <summary>Waits for the next event of a kind.</summary>
    public Task<JsonNode?> EventAsync(string kind) => process.EventAsync(kind);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
