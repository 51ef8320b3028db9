using BenchmarkDotNet.Running;
using Serverless.Benchmarks.Cloud;
using Serverless.Benchmarks.Mqtt;
using Serverless.Benchmarks.Series;
using Serverless.Benchmarks.Telemetry;

// dotnet run -c Release --project tests/Benchmarks [-- shapes|pipeline|mqtt|cloud|startup …]: these, or all; with "micro", BenchmarkDotNet and its own arguments.
if (args is ["micro", .. var rest])
{
    BenchmarkSwitcher.FromAssembly(typeof(CodecBenchmarks).Assembly).Run(rest);
    return 0;
}

Dictionary<string, Func<TextWriter, Task>> all = new()
{
    ["shapes"] = output =>
    {
        SeriesShapes.Run(output);
        return Task.CompletedTask;
    },
    ["pipeline"] = PipelineBenchmark.RunAsync,
    ["mqtt"] = MqttBenchmark.Run,
    ["cloud"] = CloudBenchmark.RunAsync,
    ["startup"] = StartupBenchmark.RunAsync,
};
foreach (var name in args.Length == 0 ? [.. all.Keys] : args)
{
    if (!all.TryGetValue(name, out var run))
    {
        Console.Error.WriteLine($"There is no benchmark '{name}'; there are {string.Join(", ", all.Keys)} and micro.");
        return 1;
    }

    Console.WriteLine($"== {name}");
    await run(Console.Out);
}

return 0;
