using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Benchmarks.Realtime;

/// <summary>A Bayeux client on a socket that measures how old what it gets is: the member b.s of each thing, or that series' value, is the time of its writing.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentQueue<double> latencies = new();
    private readonly string? action;
    private Task reading = Task.CompletedTask;

    private Subscriber(string? action) => this.action = action;

    public int Count => latencies.Count;

    /// <summary>A subscriber of a channel, who counts notifications of one action where it is named.</summary>
    public static async Task<Subscriber> OpenAsync(string url, string token, string channel, string? action = null)
    {
        var subscriber = new Subscriber(action);
        await subscriber.socket.ConnectAsync(
            new UriBuilder(url) { Scheme = "ws", Path = "/notification/realtime" }.Uri,
            CancellationToken.None
        );
        var welcome = await subscriber.AskAsync(
            $$$"""[{"channel":"/meta/handshake","ext":{"com.cumulocity.authn":{"token":"{{{token}}}"} } }]"""
        );
        var client = (string)welcome["clientId"]!;
        await subscriber.AskAsync($$"""[{"channel":"/meta/subscribe","clientId":"{{client}}","subscription":"{{channel}}"}]""");
        subscriber.reading = subscriber.ReadAsync();
        return subscriber;
    }

    /// <summary>Waits until it has as many.</summary>
    public async Task ReceivedAsync(int count)
    {
        var watch = Stopwatch.StartNew();
        while (latencies.Count < count)
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"{latencies.Count} of {count} notifications have come.");
            }

            await Task.Yield();
        }
    }

    /// <summary>The percentiles from one on; those before warmed up.</summary>
    public string Latencies(int from) => Describe([.. latencies.Skip(from)]);

    public static string Latencies(IEnumerable<Subscriber> all) => Describe([.. all.SelectMany(one => one.latencies)]);

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
    }

    private static string Describe(List<double> all)
    {
        all.Sort();
        return all.Count == 0
            ? "nothing came"
            : $"p50 {all[all.Count / 2]:F1} ms, p99 {all[(int)(all.Count * 0.99)]:F1} ms, longest {all[^1]:F1} ms";
    }

    private async Task<JsonNode> AskAsync(string message)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        using var document = await ReceiveAsync(new MemoryStream());
        return JsonNode.Parse(document.RootElement[0].GetRawText())!;
    }

    private async Task ReadAsync()
    {
        using var buffer = new MemoryStream();
        while (socket.State == WebSocketState.Open)
        {
            using var messages = await ReceiveAsync(buffer);
            var now = Stopwatch.GetTimestamp();
            foreach (var message in messages.RootElement.EnumerateArray())
            {
                var data = message.GetProperty("data");
                if (action is not null && data.GetProperty("realtimeAction").GetString() != action)
                {
                    continue;
                }

                var sent = data.GetProperty("data").GetProperty("b").GetProperty("s");
                var ticks = sent.ValueKind == JsonValueKind.Object ? sent.GetProperty("value") : sent;
                latencies.Enqueue((now - ticks.GetInt64()) * 1000.0 / Stopwatch.Frequency);
            }
        }
    }

    private async Task<JsonDocument> ReceiveAsync(MemoryStream message)
    {
        message.SetLength(0);
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            message.Write(buffer, 0, received.Count);
        } while (!received.EndOfMessage);

        return JsonDocument.Parse(message.ToArray());
    }
}
