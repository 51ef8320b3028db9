using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.FunctionsHost;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.AcceptanceOnAzure.Tests.Durability;

/// <summary>Two instances on one storage write and compact at once; what one has acknowledged the other reads at once, and nothing is there twice.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class TwoInstancesTests(ITestOutputHelper output) : IDisposable
{
    private const int EnoughCompactions = 3;
    private const int EnoughPoints = 300;
    private const int BatchSize = 50;
    private static readonly DateTime Begin = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly TestUser Admin = new("admin", "there are two of us", "admin");
    private readonly ScratchFolder folder = new();
    private readonly TestDevice device = TestDevice.New();
    private readonly LineWriters lines = new(Admin, 8);

    [Fact]
    public async Task Two_instances_write_and_compact_one_partition_and_lose_nothing()
    {
        var options = new CloudOptions
        {
            Data = folder.At("data"),
            MqttsPort = -1,
            Bootstrap = new TestBootstrap().Tenant("t1", [Admin], [device]),
        };

        // Both begin with nothing, at the same moment.
        var starting = (First: CloudProcess.StartAsync(options), Second: CloudProcess.StartAsync(options));
        await Task.WhenAny(Task.WhenAll(starting.First, starting.Second));
        await using var first = starting.First.IsCompletedSuccessfully ? await starting.First : null;
        await using var second = starting.Second.IsCompletedSuccessfully ? await starting.Second : null;
        await Task.WhenAll(starting.First, starting.Second);
        await StormAsync(first!, second!);
    }

    public void Dispose() => folder.Dispose();

    private async Task StormAsync(CloudProcess first, CloudProcess second)
    {
        CloudProcess[] both = [first, second];
        using var stop = new CancellationTokenSource();
        var messages = new[] { 0, 0 };
        Task[] running =
        [
            lines.RunAsync(first.Http, stop.Token),
            lines.RunAsync(second.Http, stop.Token),
            .. both.Select(cloud => UntilStoppedAsync(() => lines.CompactAsync(cloud), stop.Token)),
            UntilStoppedAsync(() => SendAsync(first, messages, 0), stop.Token),
            UntilStoppedAsync(() => SendAsync(second, messages, 1), stop.Token),
            UntilStoppedAsync(() => WriteHereReadThereAsync(first.Http, second.Http, "here"), stop.Token),
            UntilStoppedAsync(() => WriteHereReadThereAsync(second.Http, first.Http, "there"), stop.Token),
        ];
        try
        {
            await Poll.UntilAsync(
                "enough is acknowledged",
                () => (lines.Acknowledged > EnoughPoints && lines.Compactions >= EnoughCompactions) || running.Any(task => task.IsFaulted)
            );
        }
        finally
        {
            output.WriteLine(
                $"acknowledged: {lines.Acknowledged} points of lines, {messages[0]} + {messages[1]} messages, {lines.Compactions} compactions"
            );
        }

        await stop.CancelAsync();
        await Task.WhenAll(running).WaitAsync(Poll.Patience);

        await LineWriters.SettleAsync(first);
        foreach (var cloud in both)
        {
            await lines.AssertOnceAsync(cloud.Http);
            using var reader = await ProficloudClient.LogInAsync(cloud.Http, Admin);
            foreach (var (count, instance) in messages.Select((count, instance) => (count, instance)))
            {
                var points = await reader.PointsAsync(device.Uuid, $"auto~n{instance}");
                Assert.Equal(Enumerable.Range(0, count), points.Select(point => (int)point.Value).Order());
            }
        }
    }

    /// <summary>A batch of the one device, of which each instance gets its own partition's.</summary>
    private async Task SendAsync(CloudProcess cloud, int[] sent, int instance)
    {
        var from = sent[instance];
        var events = Enumerable
            .Range(from, BatchSize)
            .Select(i => HostEvent.Of(device.Uuid, $$"""{"n{{instance}}":{{i}}}""", i) with { Enqueued = Begin.AddSeconds(i) });
        await cloud.InvokeAsync("telemetry", Envelope.Many([.. events]));
        sent[instance] = from + BatchSize;
    }

    private static async Task WriteHereReadThereAsync(Uri here, Uri there, string measurement)
    {
        using var writer = InfluxClient.Basic(here, Admin);
        using var reader = InfluxClient.Basic(there, Admin);
        var number = Random.Shared.Next();
        await writer.WriteAsync($"{measurement} v={number}i", "db=iot");
        var answer = await reader.QueryAsync($"SELECT last(v) FROM {measurement}", "db=iot");
        Assert.Equal(number, (int)JsonNode.Parse(answer[4..])!["results"]![0]!["series"]![0]!["values"]![0]![1]!);
    }

    private static async Task UntilStoppedAsync(Func<Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await work();
        }
    }
}
