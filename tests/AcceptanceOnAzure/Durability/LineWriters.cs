using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.FunctionsHost;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.AcceptanceOnAzure.Tests.Durability;

/// <summary>
/// Writers of line protocol, each with a series of its own. They note what was acknowledged; numbers are never used twice. The database keeps an hour, so that housekeeping has something to erase and
/// compacts: points that are about to become too old are written before it.
/// </summary>
internal sealed class LineWriters(TestUser user, int count)
{
    public const int BatchPoints = 3;
    private const string Database = "lines";
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan Ageing = TimeSpan.FromSeconds(1);
    private readonly long begin = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private readonly ConcurrentQueue<int> acknowledged = [];
    private int compactions;
    private int next;

    public int Acknowledged => acknowledged.Count;

    /// <summary>How often housekeeping was answered.</summary>
    public int Compactions => compactions;

    /// <summary>Writes until it is told to stop or the process is gone.</summary>
    public async Task RunAsync(Uri address, CancellationToken stop)
    {
        using var client = InfluxClient.Basic(address, user);
        try
        {
            await CreateAsync(client);
            await Task.WhenAll(Enumerable.Range(0, count).Select(writer => WriteAsync(client, writer, stop)));
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // No answer, no promise.
        }
    }

    /// <summary>Writes a point that is too old a moment later, and calls housekeeping, for which those of before are.</summary>
    public async Task CompactAsync(CloudProcess cloud)
    {
        using var client = InfluxClient.Basic(cloud.Http, user);
        await CreateAsync(client);
        var time = DateTimeOffset.UtcNow - Kept + Ageing;
        var line = new StringContent($"aged,by={Guid.NewGuid()} v=1 {time.ToUnixTimeMilliseconds()}000000");

        // Where it took long the point is too old already, and refused.
        await client.SendAsync("POST", $"/write?db={Database}", line);
        await cloud.InvokeAsync("housekeeping", Envelope.Of(null, null));
        Interlocked.Increment(ref compactions);
    }

    /// <summary>Calls housekeeping when all that was to age has.</summary>
    public static async Task SettleAsync(CloudProcess cloud)
    {
        await Task.Delay(Ageing);
        await cloud.InvokeAsync("housekeeping", Envelope.Of(null, null));
    }

    /// <summary>What was acknowledged is there, and nothing twice; what housekeeping has erased is not.</summary>
    public async Task AssertOnceAsync(Uri address)
    {
        using var client = InfluxClient.Basic(address, user);
        Assert.Equal("""200 {"results":[{"statement_id":0}]}""", await client.QueryAsync("SELECT v FROM aged", $"db={Database}"));
        var answer = await client.QueryAsync("SELECT n FROM killed", $"db={Database}");
        var rows = JsonNode.Parse(answer[4..])!["results"]![0]!["series"]![0]!["values"]!.AsArray();
        var stored = rows.Select(row => (int)row![1]!).CountBy(number => number).ToDictionary();
        Assert.DoesNotContain(stored, number => number.Value > 1);
        Assert.Empty(acknowledged.Where(number => !stored.ContainsKey(number)).Order());
    }

    private static async Task CreateAsync(InfluxClient client) =>
        await client.PostQueryAsync($"CREATE DATABASE {Database} WITH DURATION 1h");

    private async Task WriteAsync(InfluxClient client, int writer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var first = Interlocked.Add(ref next, BatchPoints) - BatchPoints;
            var numbers = Enumerable.Range(first, BatchPoints).ToList();
            var lines = new StringBuilder();
            foreach (var number in numbers)
            {
                lines.Append(CultureInfo.InvariantCulture, $"killed,writer={writer} n={number}i {begin + number}000000\n");
            }

            await client.WriteAsync(lines.ToString(), $"db={Database}");
            numbers.ForEach(acknowledged.Enqueue);
        }
    }
}
