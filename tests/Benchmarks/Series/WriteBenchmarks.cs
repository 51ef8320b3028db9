using BenchmarkDotNet.Attributes;
using Serverless.Domain.Series;
using Serverless.TimeSeries;

namespace Serverless.Benchmarks.Series;

/// <summary>Writing a batch of 1,000 messages of 5 values, from points to a run and the live table.</summary>
[MemoryDiagnoser]
public class WriteBenchmarks : IAsyncDisposable
{
    private readonly IReadOnlyList<Point> points = Batches.Points(0);
    private SeriesStore store = null!;

    [IterationSetup]
    public void Start() => store = new SeriesStore(new CountingRunStore(), TimeProvider.System, new SeriesOptions { Exclusive = true });

    [Benchmark(OperationsPerInvoke = Batches.Points5000)]
    public Task Write() => store.WriteAsync("acme", "iot", points, CancellationToken.None);

    [IterationCleanup]
    public void Stop() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
