#if !ON_AZURE
using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Thingsee;

/// <summary>A subscriber of the data stream: mosquitto_sub.</summary>
internal sealed class StreamReader : IAsyncDisposable
{
    private readonly Process process;
    private readonly Output output = new();
    private int taken;

    private StreamReader(Process process)
    {
        this.process = process;
        output.Gather(process);
    }

    /// <summary>A subscriber that the cloud has told that it is one.</summary>
    public static async Task<StreamReader> OpenAsync(CloudProcess cloud, string client, string secret, string filter)
    {
        // Through a pipe it would keep its lines to itself: stdbuf has it write each at once.
        string[] who = ["-h", "127.0.0.1", "-p", $"{cloud.MqttPort}", "-u", client, "-P", secret, "-i", $"stream-{Guid.NewGuid():N}"];
        var start = new ProcessStartInfo("stdbuf", ["-oL", "mosquitto_sub", .. who, "-t", filter, "-q", "1", "-F", "message %t %p", "-d"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var reader = new StreamReader(Process.Start(start)!);
        await Poll.UntilAsync("the stream is subscribed to", () => reader.output.Count("received SUBACK") > 0);
        return reader;
    }

    public async Task<(string Topic, JsonNode Payload)> NextAsync()
    {
        var line = await Poll.UntilAsync("a message of the stream comes", () => Task.FromResult(Messages().ElementAtOrDefault(taken)));
        taken++;
        var words = line.Split(' ', 3);
        return (words[1], JsonNode.Parse(words[2])!);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private IEnumerable<string> Messages() => output.Lines.Where(line => line.StartsWith("message ", StringComparison.Ordinal));
}
#endif
