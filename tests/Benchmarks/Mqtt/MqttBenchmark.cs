using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Telemetry;
using Serverless.Local.Mqtt;
using Serverless.Local.Mqtt.IotHub;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Benchmarks.Mqtt;

/// <summary>
/// A thousand connected devices on the endpoint, over loopback and with commits that take no time: memory per connection (the devices' own sockets, in the
/// same process, are counted too), then messages per second at QoS 1.
/// </summary>
public static class MqttBenchmark
{
    private const int Devices = 1000;
    private const int Windows = 20;
    private const int Window = 20;
    private static readonly ReadOnlyMemory<byte> Payload = new byte[64];

    public static async Task Run(TextWriter output)
    {
        var hub = new BenchmarkHub();
        await using var app = Build(hub);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        var port = new Uri(addresses!.Addresses.Single()).Port;
        var devices = Enumerable.Range(0, Devices).Select(number => new BenchmarkDevice(number)).ToList();
        using (var first = new BenchmarkDevice(Devices))
        {
            await first.ConnectAsync(port);
            await first.PublishAsync(Windows, Window, Payload);
        }

        var (heap, process) = Memory();
        var watch = Stopwatch.StartNew();
        foreach (var chunk in devices.Chunk(50))
        {
            await Task.WhenAll(chunk.Select(device => device.ConnectAsync(port)));
        }

        var connecting = watch.Elapsed;
        var (heapConnected, processConnected) = Memory();
        await output.WriteLineAsync($"mqtt connect: {Devices / connecting.TotalSeconds:F0} connections/s");
        await output.WriteLineAsync(
            $"mqtt idle: {(heapConnected - heap) / Devices:N0} heap bytes and {(processConnected - process) / Devices:N0} process bytes per connection"
        );
        await PublishAsync(devices, hub, output);
        devices.ForEach(device => device.Dispose());
        await app.StopAsync();
    }

    private static async Task PublishAsync(List<BenchmarkDevice> devices, BenchmarkHub hub, TextWriter output)
    {
        const int messages = Devices * Windows * Window;
        var commits = hub.Commits;
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(devices.Select(device => device.PublishAsync(Windows, Window, Payload)));
        var seconds = watch.Elapsed.TotalSeconds;
        await output.WriteLineAsync(
            $"mqtt publish: {messages / seconds:N0} messages/s at QoS 1, {(double)messages / (hub.Commits - commits):F0} a commit, "
                + $"{(GC.GetTotalAllocatedBytes() - allocated) / messages:N0} bytes allocated each"
        );
    }

    private static (long Heap, long Process) Memory()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return (heap, process.WorkingSet64);
    }

    private static WebApplication Build(BenchmarkHub hub)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton<IHubBackend>(hub).AddSingleton<ITelemetryIngest>(hub).AddMqttEndpoint();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt()));
        return builder.Build();
    }
}
