using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.FunctionsHost;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.AcceptanceOnAzure.Tests.Durability;

/// <summary>The handler is killed at random moments while telemetry, lines and devices come in and series are compacted; what it has acknowledged is there, once.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class KilledHandlerTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 10;
    private const int LongestRound = 1200;
    private const int BatchSize = 200;
    private static readonly TestUser Admin = new("admin", "survives a kill on azure", "admin");
    private static readonly DateTime Begin = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly ScratchFolder folder = new();
    private readonly TestDevice device = TestDevice.New();
    private readonly LineWriters lines = new(Admin, 8);
    private readonly ConcurrentDictionary<string, string> made = new();

    // The host brings a batch again until it is answered, so that there is only one at a time.
    private int batches;

    [Fact]
    public async Task Every_acknowledged_write_is_there_exactly_once_after_10_kills()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin], [device]) };
        for (var round = 0; round < Rounds; round++)
        {
            await using var cloud = await CloudProcess.StartAsync(options);
            using var stop = new CancellationTokenSource();
            var (before, batch, compacted) = (lines.Acknowledged, batches, lines.Compactions);
            Task[] running =
            [
                lines.RunAsync(cloud.Http, stop.Token),
                UntilGoneAsync(() => SendBatchAsync(cloud), stop.Token),
                UntilGoneAsync(() => lines.CompactAsync(cloud), stop.Token),
                MakeDevicesAsync(cloud, round, stop.Token),
            ];
            await Poll.UntilAsync("something is acknowledged", () => lines.Acknowledged > before && batches > batch);
            if (round % 5 == 0)
            {
                await Poll.UntilAsync("series are compacted", () => lines.Compactions > compacted);
            }

            await Task.Delay(random.Next(LongestRound));
            cloud.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(running).WaitAsync(Poll.Patience);
        }

        await using var last = await CloudProcess.StartAsync(options);
        await SendBatchAsync(last);
        await LineWriters.SettleAsync(last);
        output.WriteLine(
            $"acknowledged: {lines.Acknowledged} points of lines, {batches} batches of {BatchSize}, {made.Count} devices, {lines.Compactions} compactions"
        );
        await lines.AssertOnceAsync(last.Http);
        using var reader = await ProficloudClient.LogInAsync(last.Http, Admin);
        var points = await reader.PointsAsync(device.Uuid, "auto~n");
        Assert.Equal(Enumerable.Range(0, batches * BatchSize), points.Select(point => (int)point.Value).Order());
        using var management = await ManagementClient.LogInAsync(last.Http, Admin);
        foreach (var (id, name) in made)
        {
            Assert.Equal(name, (string?)(await management.GetAsync($"devices/{id}"))!["name"]);
        }
    }

    public void Dispose() => folder.Dispose();

    private async Task SendBatchAsync(CloudProcess cloud)
    {
        var events = Enumerable
            .Range(batches * BatchSize, BatchSize)
            .Select(i => HostEvent.Of(device.Uuid, $$"""{"n":{{i}}}""", i) with { Enqueued = Begin.AddMilliseconds(i / 7) });
        await cloud.InvokeAsync("telemetry", Envelope.Many([.. events]));
        batches++;
    }

    private async Task MakeDevicesAsync(CloudProcess cloud, int round, CancellationToken stop)
    {
        ManagementClient? management = null;
        var number = 0;
        await UntilGoneAsync(
            async () =>
            {
                management ??= await ManagementClient.LogInAsync(cloud.Http, Admin);
                var name = $"Device {number++} of round {round}";
                var (status, body) = await management.SendAsync(HttpMethod.Post, "devices", new JsonObject { ["name"] = name });
                Assert.Equal(HttpStatusCode.Created, status);
                made[(string)body!["id"]!] = name;
            },
            stop
        );
        management?.Dispose();
    }

    private static async Task UntilGoneAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await work();
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // No answer, no promise.
        }
    }
}
