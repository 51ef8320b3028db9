using System.Diagnostics;

namespace Serverless.Benchmarks.Cloud;

/// <summary>Start to first answer of the published executable: the first start, which makes a database, certificates and a tenant, and later ones.</summary>
public static class StartupBenchmark
{
    private const int Rounds = 7;

    public static async Task RunAsync(TextWriter output)
    {
        using var folder = new ScratchFolder();
        var executable = await CloudUnderTest.PublishAsync(Path.Combine(folder.Path, "app"));
        var (first, later) = (new List<double>(), new List<double>());
        var memory = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var data = Path.Combine(folder.Path, $"data{round}");
            (var elapsed, _) = await StartAsync(executable, data);
            first.Add(elapsed);
            (elapsed, memory) = await StartAsync(executable, data);
            later.Add(elapsed);
        }

        await output.WriteLineAsync(
            $"start to first answer: first start {Median(first):F0} ms, later {Median(later):F0} ms (medians of {Rounds})"
        );
        await output.WriteLineAsync($"memory after the first answer: {memory / 1e6:F0} MB");
    }

    private static async Task<(double Milliseconds, long Memory)> StartAsync(string executable, string data)
    {
        var watch = Stopwatch.StartNew();
        using var cloud = await CloudUnderTest.StartAsync(executable, data);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(cloud.Http + "/");
        answer.EnsureSuccessStatusCode();
        return (watch.Elapsed.TotalMilliseconds, cloud.WorkingSet);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
