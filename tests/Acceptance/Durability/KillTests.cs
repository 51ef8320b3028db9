using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Durability;

/// <summary>The process is killed at random moments while devices publish; what it has acknowledged is there, once.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 20;
    private const int LongestRound = 400;
    private const int DevicesPerRound = 200;
    private static readonly TestUser Admin = new("admin", "survives a kill", "admin");
    private readonly ScratchFolder folder = new();
    private readonly (TestDevice Timed, TestDevice Untimed) devices = (TestDevice.New(), TestDevice.New());

    [Fact]
    public async Task Every_acknowledged_point_is_there_exactly_once_after_20_kills()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bootstrap = new TestBootstrap().Tenant("t1", [Admin], [devices.Timed, devices.Untimed]);
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = bootstrap };
        var timed = new Publisher(devices.Timed, number => $$"""{"timestamp":{{TimeOf(number)}},"n":{{number}}}""") { SendsAgain = true };
        var untimed = new Publisher(devices.Untimed, number => $$"""{"n":{{number}}}""");
        var made = new ConcurrentDictionary<string, string>();

        for (var round = 0; round < Rounds; round++)
        {
            await using var cloud = await CloudProcess.StartAsync(options);
            using var stop = new CancellationTokenSource();
            var before = (timed.Acknowledged.Count, untimed.Acknowledged.Count);
            Task[] running =
            [
                timed.RunAsync(cloud.MqttPort, stop.Token),
                untimed.RunAsync(cloud.MqttPort, stop.Token),
                MakeDevicesAsync(cloud, round, made, stop.Token),
            ];

            // Each round gets somewhere before the clock starts to run.
            await Poll.UntilAsync(
                "something is acknowledged",
                () => timed.Acknowledged.Count > before.Item1 && untimed.Acknowledged.Count > before.Item2
            );
            await Task.Delay(random.Next(LongestRound));
            cloud.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(running).WaitAsync(Poll.Patience);
        }

        await using var last = await CloudProcess.StartAsync(options);
        using var reader = await ProficloudClient.LogInAsync(last.Http, Admin);
        output.WriteLine(
            $"acknowledged: {timed.Acknowledged.Count} with a time, {untimed.Acknowledged.Count} without, {made.Count} devices"
        );
        await AssertOnceAsync(reader, timed);
        await AssertOnceAsync(reader, untimed);
        using var management = await ManagementClient.LogInAsync(last.Http, Admin);
        foreach (var (id, name) in made)
        {
            Assert.Equal(name, (string?)(await management.GetAsync($"devices/{id}"))!["name"]);
        }
    }

    public void Dispose() => folder.Dispose();

    private static long TimeOf(int number) => 1595328301000 + number;

    private static async Task AssertOnceAsync(ProficloudClient reader, Publisher publisher)
    {
        var points = await reader.PointsAsync(publisher.Device.Uuid, "auto~n");
        var stored = points.CountBy(point => (int)point.Value).ToDictionary();
        Assert.DoesNotContain(stored, number => number.Value > 1);
        Assert.Empty(publisher.Acknowledged.Where(number => !stored.ContainsKey(number)).Order());
        if (publisher.SendsAgain)
        {
            Assert.All(points, point => Assert.Equal(TimeOf((int)point.Value), DateTimeOffset.Parse(point.Time).ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>Makes devices with the management API until the process is gone, and notes those that were answered.</summary>
    private static async Task MakeDevicesAsync(
        CloudProcess cloud,
        int round,
        ConcurrentDictionary<string, string> made,
        CancellationToken stop
    )
    {
        try
        {
            using var management = await ManagementClient.LogInAsync(cloud.Http, Admin);
            for (var i = 0; i < DevicesPerRound && !stop.IsCancellationRequested; i++)
            {
                var name = $"Device {i} of round {round}";
                var (status, body) = await management.SendAsync(HttpMethod.Post, "devices", new JsonObject { ["name"] = name });
                Assert.Equal(System.Net.HttpStatusCode.Created, status);
                made[(string)body!["id"]!] = name;
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // No answer, no promise.
        }
    }
}
