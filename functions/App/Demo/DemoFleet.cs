using System.Text.Json;
using Serverless.App.Hosting;
using Serverless.Domain.Devices;
using Serverless.Domain.Tenants;

namespace Serverless.App.Demo;

/// <summary>Runs the demo's devices as clients of the MQTT endpoint: their readings go the way that a real device's go.</summary>
internal sealed partial class DemoFleet : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stopping;
    private readonly TimeProvider time;
    private readonly ILogger<DemoFleet> logger;
    private readonly int port;
    private readonly List<Task> running = [];

    private DemoFleet(IServiceProvider services, int port)
    {
        // It stops before the endpoint does, so that no device tries to come back to a server that shuts down.
        stopping = CancellationTokenSource.CreateLinkedTokenSource(
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
        time = services.GetRequiredService<TimeProvider>();
        logger = services.GetRequiredService<ILogger<DemoFleet>>();
        this.port = port;
    }

    /// <summary>Makes the demo's devices in the cloud's first tenant where they are not there yet, and starts them.</summary>
    /// <exception cref="StartException">There is no MQTT port, or no tenant.</exception>
    public static async Task<DemoFleet> StartAsync(IServiceProvider services, Endpoints endpoints, CancellationToken cancellation)
    {
        var mqtt = endpoints.MqttPort ?? throw new StartException("--demo needs the MQTT port, which --mqtt-port turns off.");
        var (tenants, _) = await services.GetRequiredService<TenantDirectory>().ListAsync(1, null, cancellation);
        var tenant =
            tenants.Count > 0 ? tenants[0].Value.Id : throw new StartException("--demo needs a tenant; the bootstrap file has none.");
        var fleet = new DemoFleet(services, mqtt);
        foreach (var device in DemoDevices.All)
        {
            var (hubId, key) = await RegisterAsync(services, tenant, device, cancellation);
            fleet.running.Add(fleet.RunAsync(device, hubId, key));
        }

        return fleet;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running);
        stopping.Dispose();
    }

    private static async Task<(string HubId, string Key)> RegisterAsync(
        IServiceProvider services,
        string tenant,
        DemoDevice demo,
        CancellationToken cancellation
    )
    {
        var devices = services.GetRequiredService<DeviceDirectory>();
        var service = services.GetRequiredService<DeviceService>();
        var device =
            await devices.FindByUuidAsync(tenant, demo.Uuid, cancellation)
            ?? await service.CreateAsync(
                tenant,
                new NewDevice
                {
                    Uuid = demo.Uuid,
                    Name = demo.Name,
                    Type = demo.Type,
                },
                cancellation
            );
        var keys = await devices.GetKeysAsync(tenant, device.Value.Id, cancellation);
        if (keys.Primary is null)
        {
            keys = DeviceKeys.New();
            await service.SetKeysAsync(tenant, device.Value.Id, keys, cancellation);
        }

        return (device.Value.HubId, keys.Primary!);
    }

    private async Task RunAsync(DemoDevice device, string hubId, string key)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var token = SharedAccessSignature.ForDevice("127.0.0.1", hubId, key, time.GetUtcNow() + TokenLife);
                await using var connection = await MqttDevice.ConnectAsync(port, hubId, token, stopping.Token);
                await PublishAsync(device, connection, stopping.Token);
            }
            catch (IOException lost) when (!stopping.IsCancellationRequested)
            {
                LostConnection(device.Name, lost.Message);
                await Task.Delay(ReconnectDelay, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task PublishAsync(DemoDevice device, MqttDevice connection, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(device.Interval, time);
        do
        {
            var payload = JsonSerializer.SerializeToUtf8Bytes(device.Payload(time.GetUtcNow()), DemoJson.Default.JsonObject);
            await connection.PublishAsync(payload, cancellation);
        } while (await timer.WaitForNextTickAsync(cancellation));
    }

    [LoggerMessage(20, LogLevel.Warning, "The demo device {Device} has lost its connection and tries again: {Reason}")]
    private partial void LostConnection(string device, string reason);
}
