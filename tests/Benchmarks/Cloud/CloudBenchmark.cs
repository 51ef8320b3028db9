using System.Diagnostics;
using System.Text.Json;
using Serverless.Benchmarks.Mqtt;

namespace Serverless.Benchmarks.Cloud;

/// <summary>MQTT publishes end to end: the published executable as a process, 100 devices at QoS 1, each message durable in its database before it is acknowledged.</summary>
public static class CloudBenchmark
{
    private const int Devices = 100;
    private const int Windows = 40;
    private const int Window = 20;

    public static async Task RunAsync(TextWriter output)
    {
        using var folder = new ScratchFolder();
        var executable = await CloudUnderTest.PublishAsync(Path.Combine(folder.Path, "app"));
        var devices = Enumerable.Range(0, Devices).Select(number => new BenchmarkDevice(number)).ToList();
        var bootstrap = Path.Combine(folder.Path, "bootstrap.json");
        await File.WriteAllTextAsync(bootstrap, Declare(devices));
        using var cloud = await CloudUnderTest.StartAsync(executable, Path.Combine(folder.Path, "data"), bootstrap);
        await Task.WhenAll(devices.Select(device => device.ConnectAsync(cloud.MqttPort)));
        await Task.WhenAll(devices.Select(device => device.PublishAsync(1, Window, Payload)));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(devices.Select(device => device.PublishAsync(Windows, Window, Payload)));
        const int messages = Devices * Windows * Window;
        await output.WriteLineAsync(
            $"mqtt end to end: {messages / watch.Elapsed.TotalSeconds:N0} messages/s at QoS 1 with 2 values each, durable before the acknowledgement; "
                + $"{cloud.WorkingSet / 1e6:F0} MB in use"
        );
        devices.ForEach(device => device.Dispose());
    }

    private static ReadOnlyMemory<byte> Payload => """{"temperature":21.53,"pressure":4.27}"""u8.ToArray();

    private static string Declare(IEnumerable<BenchmarkDevice> devices) =>
        JsonSerializer.Serialize(
            new
            {
                tenants = new[]
                {
                    new
                    {
                        id = "t1",
                        devices = devices.Select(device => new
                        {
                            uuid = Guid.NewGuid(),
                            name = device.HubId,
                            key = BenchmarkDevice.Key,
                            externalIds = new[] { new { type = "iothub", value = device.HubId } },
                        }),
                    },
                },
            }
        );
}
