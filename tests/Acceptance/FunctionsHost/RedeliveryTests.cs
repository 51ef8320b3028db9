using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.FunctionsHost;

/// <summary>The host kills the handler in the middle of a POST, and brings the batch to the next one.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class RedeliveryTests(ITestOutputHelper output)
{
    private const int Rounds = 6;
    private const int BatchSize = 400;

    [Fact]
    public async Task After_a_kill_and_a_redelivery_every_point_is_there_exactly_once()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var cloud = await HostedCloud.StartAsync();
        var device = cloud.Devices[0].Uuid;
        var answered = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var start = round * BatchSize;
            var batch = Envelope.Many([
                .. Enumerable.Range(start, BatchSize).Select(i => HostEvent.Of(device, $$"""{"n":{{i}}}""", i) with { Enqueued = At(i) }),
            ]);
            var post = cloud.Host.InvokeAsync("telemetry", batch);
            await Task.WhenAny(post, Task.Delay(random.Next(40)));
            cloud.Host.Kill();
            answered += await Record.ExceptionAsync(() => post) is null ? 1 : 0;
            await cloud.StartHandlerAsync();
            await cloud.Host.InvokeAsync("telemetry", batch);
        }

        output.WriteLine($"{answered} of {Rounds} batches were answered before the kill");
        using var reader = await cloud.Host.LogInAsync(HostedCloud.Admin);
        var values = (await reader.PointsAsync(device, "auto~n")).Select(point => (int)point.Value).Order();
        Assert.Equal(Enumerable.Range(0, Rounds * BatchSize), values);
    }

    private static DateTime At(int index) => new DateTime(2026, 8, 1, 12, 0, 0, DateTimeKind.Unspecified).AddMilliseconds(index / 7);
}
