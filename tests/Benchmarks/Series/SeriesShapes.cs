using System.Diagnostics;
using Serverless.TimeSeries;

namespace Serverless.Benchmarks.Series;

/// <summary>Prints bytes per value and millions of values per second of each shape, and how many points a second the series store takes. One core, no warm-up by a harness.</summary>
public static class SeriesShapes
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.5);

    public static void Run(TextWriter output)
    {
        output.WriteLine($"{"shape", -20} {"B/value", 8} {"encode M/s", 11} {"decode M/s", 11}");
        foreach (var shape in Shape.All())
        {
            var encode = Rate(() => shape.Encode(), Shape.Count);
            var decode = Rate(shape.Decode, Shape.Count);
            output.WriteLine($"{shape.Name, -20} {shape.BytesPerValue, 8:F3} {encode, 11:F0} {decode, 11:F0}");
        }

        var (rate, bytes) = WriteRate();
        output.WriteLine($"writes: {rate:F2} M points/s on one core, {bytes / 1000.0:F0} KB a batch of {Batches.Points5000:N0} points");
    }

    private static double Rate(Action work, int count)
    {
        // The best of many short stretches: the machine's other work only ever takes away.
        var best = double.MaxValue;
        for (var all = Stopwatch.StartNew(); all.Elapsed < Enough; )
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 20; i++)
            {
                work();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / 20);
        }

        return count / best / 1e6;
    }

    private static (double Rate, long Bytes) WriteRate()
    {
        var batches = Enumerable.Range(0, 20).Select(Batches.Points).ToList();
        var (best, bytes) = (double.MaxValue, 0L);
        for (var round = 0; round < 10; round++)
        {
            var runs = new CountingRunStore();
            var store = new SeriesStore(runs, TimeProvider.System, new SeriesOptions { Exclusive = true });
            var start = Stopwatch.GetTimestamp();
            foreach (var batch in batches)
            {
                Completed(store.WriteAsync("acme", "iot", batch, CancellationToken.None));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / batches.Count);
            bytes = runs.Bytes / batches.Count;
        }

        return (Batches.Points5000 / best / 1e6, bytes);
    }

    private static void Completed(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The store in memory answers at once.", task.Exception);
        }
    }
}
