using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A device that runs Microsoft's own client, azure-iot-device-mqtt, in a node process (node/device.mjs).</summary>
internal sealed class NodeDevice : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> calls = new();
    private readonly ConcurrentDictionary<string, Channel<JsonNode?>> events = new();
    private readonly Task reading;
    private int last;

    private NodeDevice(Process process)
    {
        this.process = process;
        reading = ReadAsync();
    }

    public static async Task<NodeDevice> StartAsync()
    {
        var start = new ProcessStartInfo("node", [Path.Combine(await NodePackages.ClientsAsync(), "device.mjs")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new NodeDevice(Process.Start(start)!);
    }

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
    public async Task<JsonNode?> CallAsync(string command, JsonObject? arguments = null)
    {
        var id = Interlocked.Increment(ref last);
        var answer = calls.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var line = arguments ?? [];
        (line["id"], line["do"]) = (id, command);
        await process.StandardInput.WriteLineAsync(line.ToJsonString());
        await process.StandardInput.FlushAsync();
        return await answer.Task.WaitAsync(Poll.Patience);
    }

    /// <summary>Waits for the next event of a kind.</summary>
    public async Task<JsonNode?> EventAsync(string kind) => await Events(kind).Reader.ReadAsync().AsTask().WaitAsync(Poll.Patience);

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await reading;
        process.Dispose();
    }

    private Channel<JsonNode?> Events(string kind) => events.GetOrAdd(kind, _ => Channel.CreateUnbounded<JsonNode?>());

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var told = JsonNode.Parse(line)!;
            if (told["event"] is { } kind)
            {
                Events((string)kind!).Writer.TryWrite(told["value"]);
            }
            else if (calls.TryRemove((int)told["id"]!, out var call))
            {
                _ = told["error"] is { } error
                    ? call.TrySetException(new InvalidOperationException((string)error!))
                    : call.TrySetResult(told["ok"]);
            }
        }

        foreach (var call in calls.Values)
        {
            call.TrySetException(new IOException("The node process has ended."));
        }
    }
}
