using System.Diagnostics;
using System.Globalization;

namespace Serverless.Benchmarks.Rules;

/// <summary>
/// What rules cost the telemetry pipeline: two clouds of 10,000 devices in one process, one without rules and one with 10,000 that none of the values crosses, take the same envelopes by turns.
/// </summary>
public static class RuleBenchmark
{
    // Each device twice; until the runtime has compiled what is hot a second time.
    private const int WarmUp = 60;

    // Fewer points than start a compaction, which would be in the time of whoever is measured just then.
    private const int Rounds = 8;
    private const int BatchesPerRound = 10;

    public static async Task RunAsync(TextWriter output)
    {
        await using var bare = await RuledCloud.StartAsync(withRules: false);
        await using var ruled = await RuledCloud.StartAsync(withRules: true);
        var start = DateTimeOffset.UtcNow;
        var sent = 0;
        for (; sent < WarmUp; sent++)
        {
            var envelope = RuledCloud.EnvelopeOf(sent, start);
            await bare.TakeAsync(envelope);
            await ruled.TakeAsync(envelope);
        }

        await bare.CompactAsync();
        await ruled.CompactAsync();
        var ratios = new List<double>();
        var (of, with) = (new Cost(0, 0, 0), new Cost(0, 0, 0));
        for (var round = 0; round < Rounds; round++)
        {
            var envelopes = Enumerable.Range(sent, BatchesPerRound).Select(i => RuledCloud.EnvelopeOf(i, start)).ToList();
            sent += BatchesPerRound;

            // Who is first changes, so that a machine that gets slower favours neither.
            var isBareFirst = round % 2 == 0;
            var first = await MeasureAsync(isBareFirst ? bare : ruled, envelopes);
            var second = await MeasureAsync(isBareFirst ? ruled : bare, envelopes);
            var (without, within) = isBareFirst ? (first, second) : (second, first);
            ratios.Add(within.Seconds / without.Seconds);
            (of, with) = (of + without, with + within);
        }

        ratios.Sort();
        const double points = (double)Rounds * BatchesPerRound * RuledCloud.PointsPerEnvelope;
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"rules: {points / of.Seconds:N0} points/s without rules, {points / with.Seconds:N0} with {RuledCloud.Rules:N0} on {RuledCloud.Devices:N0} devices; "
                    + $"{RuledCloud.LooksPerEnvelope / RuledCloud.PointsPerEnvelope:N2} looks a point"
            )
        );
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"rules: time {with.Seconds / of.Seconds:F3} of that without (median of {Rounds} rounds {ratios[Rounds / 2]:F3}), processor {with.Processor / of.Processor:F3}, "
                    + $"{of.Bytes / points:N0} and {with.Bytes / points:N0} bytes allocated a point"
            )
        );
    }

    private static async Task<Cost> MeasureAsync(RuledCloud cloud, IReadOnlyList<byte[]> envelopes)
    {
        GC.Collect();
        var (bytes, processor, watch) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        foreach (var envelope in envelopes)
        {
            await cloud.TakeAsync(envelope);
        }

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
