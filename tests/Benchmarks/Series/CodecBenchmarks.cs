using BenchmarkDotNet.Attributes;

namespace Serverless.Benchmarks.Series;

/// <summary>Encoding and decoding a block of 4,096 values of each shape. Neither allocates, but for the strings themselves.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    [ParamsSource(nameof(Shapes))]
    public Shape Shape { get; set; } = null!;

    public static IReadOnlyList<Shape> Shapes => Shape.All();

    [Benchmark(OperationsPerInvoke = Shape.Count)]
    public int Encode() => Shape.Encode();

    [Benchmark(OperationsPerInvoke = Shape.Count)]
    public void Decode() => Shape.Decode();
}
