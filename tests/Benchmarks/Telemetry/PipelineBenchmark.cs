using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Serverless.App.Hosting;
using Serverless.App.Triggers.Telemetry;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Benchmarks.Telemetry;

/// <summary>The telemetry function's work without HTTP: an Event Hubs envelope of 1,000 messages of 5 values, from its bytes to the commit on disk.</summary>
public static class PipelineBenchmark
{
    private const int Devices = 200;
    private const int Messages = 1000;

    // Until the runtime has compiled what is hot a second time.
    private const int WarmUp = 200;
    private const int Batches = 200;

    public static async Task RunAsync(TextWriter output)
    {
        using var folder = new ScratchFolder();
        var options = new AppOptions("", folder.Path, -1, -1, null, false);
        var services = new ServiceCollection().AddLogging();
        services.AddCloud(options);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<TenantDirectory>().CreateAsync(new Tenant { Id = "t1" }, default);
        var ids = Enumerable.Range(0, Devices).Select(number => $"device-{number}").ToList();
        foreach (var id in ids)
        {
            var device = new NewDevice { ExternalIds = [new ExternalId(ExternalId.IotHub, id)] };
            await provider.GetRequiredService<DeviceService>().CreateAsync("t1", device, default);
        }

        var start = DateTimeOffset.UtcNow;
        var envelopes = Enumerable
            .Range(0, WarmUp + Batches)
            .Select(i => Envelope.Of(ids, Messages, start.AddSeconds(i), i * Messages))
            .ToList();
        var ingest = provider.GetRequiredService<ITelemetryIngest>();
        foreach (var envelope in envelopes.Take(WarmUp))
        {
            await TakeAsync(ingest, envelope);
        }

        var (allocated, processor, watch) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        foreach (var envelope in envelopes.Skip(WarmUp))
        {
            await TakeAsync(ingest, envelope);
        }

        const double points = (double)Batches * Messages * Envelope.ValuesPerMessage;
        var cpu = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        await output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"pipeline: {points / cpu:N0} points/s per core, {points / watch.Elapsed.TotalSeconds:N0} points/s elapsed, "
                    + $"{(GC.GetTotalAllocatedBytes() - allocated) / points:N0} bytes allocated a point, {new FileInfo(Path.Combine(folder.Path, "cloud.db")).Length / points:N1} bytes of file a point"
            )
        );
    }

    private static Task TakeAsync(ITelemetryIngest ingest, byte[] envelope) =>
        ingest.IngestAsync([.. EventHubsBatch.Read(envelope, DateTimeOffset.UtcNow).Select(item => item.Message)], CancellationToken.None);
}
