using System.Diagnostics;
using System.Globalization;

namespace Serverless.Benchmarks.Rules;

/// <summary>
/// What rules cost the telemetry pipeline: clouds of 10,000 devices in one process, one without rules, one more like it to tell cost from noise, and one with 10,000 rules that none of the values crosses, take the same envelopes.
/// </summary>
public static class RuleBenchmark
{
    // Each device twice; until the runtime has compiled what is hot a second time.
    private const int WarmUp = 60;

    // Fewer points a round than start a compaction, which would be in the time of whoever is measured just then.
    private const int Rounds = 8;
    private const int BatchesPerRound = 20;

    public static async Task RunAsync(TextWriter output)
    {
        await using var bare = await RuledCloud.StartAsync(withRules: false);
        await using var control = await RuledCloud.StartAsync(withRules: false);
        await using var ruled = await RuledCloud.StartAsync(withRules: true);
        RuledCloud[] clouds = [bare, control, ruled];
        var start = DateTimeOffset.UtcNow;
        var sent = 0;
        for (; sent < WarmUp; sent++)
        {
            foreach (var cloud in clouds)
            {
                await cloud.TakeAsync(RuledCloud.EnvelopeOf(sent, start));
            }
        }

        var (rounds, random) = (new List<Cost[]>(), new Random(1));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var cloud in clouds)
            {
                await cloud.CompactAsync();
            }

            var envelopes = Enumerable.Range(sent, BatchesPerRound).Select(i => RuledCloud.EnvelopeOf(i, start)).ToList();
            sent += BatchesPerRound;
            GC.Collect();
            rounds.Add(await MeasureAsync(clouds, envelopes, random));
        }

        Cost[] costs = [.. clouds.Select((_, i) => rounds.Select(round => round[i]).Aggregate((one, other) => one + other))];
        const double points = (double)Rounds * BatchesPerRound * RuledCloud.PointsPerEnvelope;
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"rules: {points / costs[0].Seconds:N0} points/s without rules, {points / costs[2].Seconds:N0} with {RuledCloud.Rules:N0} on {RuledCloud.Devices:N0} devices; "
                    + $"{RuledCloud.LooksPerEnvelope / RuledCloud.PointsPerEnvelope:N2} looks a point"
            )
        );
        await WriteAsync(output, "of that without", 2);
        await WriteAsync(output, "in another cloud without", 1);

        Task WriteAsync(TextWriter to, string what, int of)
        {
            var ratios = rounds.Select(round => round[of].Seconds / round[0].Seconds).Order().ToList();
            return to.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"rules: time {costs[of].Seconds / costs[0].Seconds:F3} {what} (median of {Rounds} rounds {ratios[Rounds / 2]:F3}), processor {costs[of].Processor / costs[0].Processor:F3}, "
                        + $"{costs[0].Bytes / points:N0} and {costs[of].Bytes / points:N0} bytes allocated a point"
                )
            );
        }
    }

    /// <summary>Each batch to all, in an order that chance decides: by turns, collections of what all have left would keep in step with one of them.</summary>
    private static async Task<Cost[]> MeasureAsync(RuledCloud[] clouds, IReadOnlyList<byte[]> envelopes, Random random)
    {
        Cost[] costs = [.. clouds.Select(_ => new Cost(0, 0, 0))];
        foreach (var envelope in envelopes)
        {
            int[] order = [.. Enumerable.Range(0, clouds.Length)];
            random.Shuffle(order);
            foreach (var i in order)
            {
                costs[i] += await MeasureAsync(clouds[i], envelope);
            }
        }

        return costs;
    }

    private static async Task<Cost> MeasureAsync(RuledCloud cloud, byte[] envelope)
    {
        var (bytes, processor, watch) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await cloud.TakeAsync(envelope);
        return new Cost(
            watch.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
            GC.GetTotalAllocatedBytes() - bytes
        );
    }

    private sealed record Cost(double Seconds, double Processor, double Bytes)
    {
        public static Cost operator +(Cost one, Cost other) =>
            new(one.Seconds + other.Seconds, one.Processor + other.Processor, one.Bytes + other.Bytes);
    }
}
