using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A script of the folder node on a leash: it takes commands, a line each, answers each, and tells of events.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> calls = new();
    private readonly ConcurrentDictionary<string, Channel<JsonNode?>> events = new();
    private readonly Task reading;
    private int last;

    private NodeProcess(Process process)
    {
        this.process = process;
        reading = ReadAsync();
    }

    public static async Task<NodeProcess> StartAsync(string script)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(await NodePackages.ClientsAsync(), script)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new NodeProcess(Process.Start(start)!);
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="InvalidOperationException">The script refuses; the message is what it says.</exception>
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

    /// <summary>The next event of a kind, where there is one already.</summary>
    public bool TryEvent(string kind, out JsonNode? value) => Events(kind).Reader.TryRead(out value);

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
