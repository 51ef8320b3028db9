using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Durability;

/// <summary>The process is killed while clients write line protocol; every batch that it has acknowledged is there, whole.</summary>
[Collection(OwnCloudTests.Name)]
public sealed class KilledWritesTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private const int Writers = 4;
    private const int BatchPoints = 200;
    private static readonly TestUser Admin = new("admin", "survives a kill", "admin");
    private readonly ScratchFolder folder = new();
    private readonly ConcurrentBag<int> acknowledged = [];
    private int next;

    [Fact]
    public async Task Every_acknowledged_batch_of_lines_is_there_after_5_kills()
    {
        var options = new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin]) };
        for (var round = 0; round < Rounds; round++)
        {
            await using var cloud = await CloudProcess.StartAsync(options);
            var before = acknowledged.Count;
            var writers = Enumerable.Range(0, Writers).Select(_ => WriteAsync(cloud)).ToList();
            await Poll.UntilAsync("batches are acknowledged", () => acknowledged.Count > before + Writers);
            await Task.Delay(Random.Shared.Next(300));
            cloud.Kill();
            await Task.WhenAll(writers).WaitAsync(Poll.Patience);
        }

        await using var last = await CloudProcess.StartAsync(options);
        using var client = InfluxClient.Basic(last.Http, Admin);
        var answer = await client.QueryAsync("SELECT count(n), sum(n) FROM killed GROUP BY batch", "db=lines");
        var stored = JsonNode.Parse(answer[4..])!["results"]![0]!["series"]!
            .AsArray()
            .ToDictionary(
                series => int.Parse((string)series!["tags"]!["batch"]!),
                series => $"{series!["values"]![0]![1]} {series["values"]![0]![2]}"
            );
        output.WriteLine($"{acknowledged.Count} batches of {BatchPoints} points were acknowledged, {stored.Count} are stored");
        var whole = $"{BatchPoints} {BatchPoints * (BatchPoints - 1) / 2}";
        Assert.Empty(acknowledged.Where(batch => stored.GetValueOrDefault(batch) != whole).Order());
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Writes batches until the process is gone, and notes those that it has answered.</summary>
    private async Task WriteAsync(CloudProcess cloud)
    {
        using var client = InfluxClient.Basic(cloud.Http, Admin);
        try
        {
            await client.PostQueryAsync("CREATE DATABASE lines");
            while (true)
            {
                var batch = Interlocked.Increment(ref next);
                await client.WriteAsync(Lines(batch), "db=lines");
                acknowledged.Add(batch);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // No answer, no promise.
        }
    }

    private static string Lines(int batch)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < BatchPoints; i++)
        {
            lines.Append($"killed,batch={batch} n={i}i {1_600_000_000 + i}000000000\n");
        }

        return lines.ToString();
    }
}
