using System.Diagnostics;
using Serverless.Benchmarks.Series;
using Serverless.Domain.Series;
using Serverless.InfluxQL.LineProtocol;
using Serverless.Local.Sqlite;
using Serverless.TimeSeries;

namespace Serverless.Benchmarks.Lines;

/// <summary>The way of a /write body in process: parsed alone; grouped, encoded and kept by a store in memory; durable in SQLite.</summary>
public static class LineBenchmark
{
    private const int Bodies = 100;

    public static async Task RunAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"{"5,000 lines: ms, CPU ms, KB allocated", -38} {"parse", 19} {"store in memory", 19} {"SQLite", 19} {"points/s", 12}"
        );
        await RunAsync(output, "1 series", 1, [.. LineBodies.One(Bodies)]);
        await RunAsync(output, "100 series", 1, [.. LineBodies.Many(Bodies)]);
        await RunAsync(output, "TSBS cpu, 100 hosts", TsbsCpu.Fields.Length, [.. new TsbsCpu(100).Bodies(Bodies)]);
    }

    private static async Task RunAsync(TextWriter output, string name, int fields, List<byte[]> bodies)
    {
        // Until the just-in-time compiler is done with it.
        for (var round = 0; round < 4; round++)
        {
            await MeasureAsync(bodies, Parse);
            await Task.Delay(200);
        }

        var parse = await MeasureAsync(bodies, Parse);
        var memory = await MeasureAsync(
            bodies,
            new SeriesStore(new CountingRunStore(), TimeProvider.System, new SeriesOptions { Exclusive = true, MaxLivePoints = 50_000_000 })
        );
        using var folder = new ScratchFolder();
        await using var database = SqliteDatabase.Open(new SqliteOptions { Path = Path.Combine(folder.Path, "db") });
        await using var store = new SeriesStore(new SqliteRunStore(database), TimeProvider.System);
        var watch = Stopwatch.StartNew();
        var sqlite = await MeasureAsync(bodies, store);
        var rate = (double)bodies.Count * LineBodies.Lines * fields / watch.Elapsed.TotalSeconds;
        await output.WriteLineAsync($"{name, -38} {parse, 19} {memory, 19} {sqlite, 19} {rate, 12:N0}");
    }

    private static Task Parse(byte[] body)
    {
        LineParser.Parse(body, 0);
        return Task.CompletedTask;
    }

    private static Task<string> MeasureAsync(List<byte[]> bodies, SeriesStore store) =>
        MeasureAsync(bodies, body => store.WriteAsync("acme", "db", LineParser.Parse(body, 0).Points, CancellationToken.None));

    /// <summary>The median of all bodies but the first tenth, which warm up, processor time of the whole process for each, and what each allocates.</summary>
    private static async Task<string> MeasureAsync(List<byte[]> bodies, Func<byte[], Task> work)
    {
        var warm = bodies.Count / 10;
        foreach (var body in bodies.Take(warm))
        {
            await work(body);
        }

        var times = new List<double>();
        var allocated = GC.GetTotalAllocatedBytes();
        var processor = Environment.CpuUsage.TotalTime;
        foreach (var body in bodies.Skip(warm))
        {
            var start = Stopwatch.GetTimestamp();
            await work(body);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        var (used, bytes) = (Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes() - allocated);
        return $"{times[times.Count / 2]:F2} {used.TotalMilliseconds / times.Count:F2} {bytes / times.Count / 1000:N0}";
    }
}
