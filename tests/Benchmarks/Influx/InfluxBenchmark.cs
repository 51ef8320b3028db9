namespace Serverless.Benchmarks.Influx;

/// <summary>
/// InfluxDB 1.6.7 and this cloud side by side, each a process with one HTTP connection: the same data, then each work in turns, medians of both. Parts: writes and queries (a million points in one
/// series and in 100), tsbs (100 hosts, 24 hours), disk, memory; and, only where it is named, growth. A number divides the data: "influx tsbs 10" takes a tenth.
/// </summary>
public static class InfluxBenchmark
{
    private const int Hosts = 100;
    private static readonly string[] Parts = ["queries", "tsbs", "growth"];

    public static async Task RunAsync(TextWriter output, string[] arguments)
    {
        var divisor = arguments.Select(argument => int.TryParse(argument, out var number) ? number : 0).Append(1).Max();
        var parts = arguments.Where(argument => !int.TryParse(argument, out _)).ToList();
        parts = parts.Count > 0 ? parts : [.. Parts.Except(["growth"])];
        if (parts.Except(Parts).ToList() is { Count: > 0 } unknown)
        {
            throw new ArgumentException(
                $"There is no part {string.Join(", ", unknown)}; there are {string.Join(", ", Parts)}.",
                nameof(arguments)
            );
        }

        using var peer = await Influxd.StartAsync();
        using var ours = await Ours.StartAsync();
        var run = new InfluxRun(output, peer, ours);
        if (parts.Contains("queries"))
        {
            await run.PlainAsync(200 / divisor);
        }

        if (parts.Contains("tsbs"))
        {
            await run.TsbsAsync(Hosts, Math.Max(13, 24 / divisor));
        }

        if (parts.Contains("growth"))
        {
            await run.GrowthAsync([1_000_000 / divisor, 10_000_000 / divisor, 100_000_000 / divisor]);
        }

        run.Memory();
    }
}
