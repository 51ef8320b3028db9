using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Serverless.Benchmarks.Cloud;
using Serverless.Benchmarks.Influx;
using Serverless.Benchmarks.Inventory;
using Serverless.Benchmarks.Lines;
using Serverless.Benchmarks.Mqtt;
using Serverless.Benchmarks.Realtime;
using Serverless.Benchmarks.Rules;
using Serverless.Benchmarks.Series;
using Serverless.Benchmarks.Telemetry;
using Serverless.Benchmarks.Webhooks;

// dotnet run -c Release --project tests/Benchmarks [-- shapes|lines|pipeline|mqtt|cloud|startup|inventory|realtime|rules|webhooks …]: these, or all; with "micro", BenchmarkDotNet and its own arguments;
// with "influx", the comparison with InfluxDB and its own.
if (args is ["micro", .. var rest])
{
    // In this process: the projects' own build rules (locked packages, analyzers) are not for a generated project.
    var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
    BenchmarkSwitcher.FromAssembly(typeof(CodecBenchmarks).Assembly).Run(rest, DefaultConfig.Instance.AddJob(job));
    return 0;
}

if (args is ["influx", .. var parts])
{
    await InfluxBenchmark.RunAsync(Console.Out, parts);
    return 0;
}

Dictionary<string, Func<TextWriter, Task>> all = new()
{
    ["shapes"] = output =>
    {
        SeriesShapes.Run(output);
        return Task.CompletedTask;
    },
    ["lines"] = LineBenchmark.RunAsync,
    ["pipeline"] = PipelineBenchmark.RunAsync,
    ["mqtt"] = MqttBenchmark.Run,
    ["cloud"] = CloudBenchmark.RunAsync,
    ["startup"] = StartupBenchmark.RunAsync,
    ["inventory"] = InventoryBenchmark.RunAsync,
    ["realtime"] = RealtimeBenchmark.RunAsync,
    ["rules"] = RuleBenchmark.RunAsync,
    ["webhooks"] = WebhookBenchmark.RunAsync,
};
foreach (var name in args.Length == 0 ? [.. all.Keys] : args)
{
    if (!all.TryGetValue(name, out var run))
    {
        Console.Error.WriteLine($"There is no benchmark '{name}'; there are {string.Join(", ", all.Keys)} influx and micro.");
        return 1;
    }

    Console.WriteLine($"== {name}");
    await run(Console.Out);
}

return 0;
