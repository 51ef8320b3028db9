using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// The ways to the devices that are connected now. A device may have several, each over a connection of its own: the newest that takes messages gets them, and the device is connected while it has any.
/// </summary>
internal sealed class ConnectedDevices(IHubBackend backend, TimeProvider time, ILogger<ConnectedDevices> logger)
{
    private sealed class Device
    {
        /// <summary>Oldest first.</summary>
        public List<IDeviceRoute> Routes { get; } = [];

        public bool IsConnected => Routes.Exists(route => route.IsConnected);

        public DateTimeOffset Since { get; set; }

        /// <summary>How many ways have come and not gone: the device is recorded as connected.</summary>
        public int Present { get; set; }

        /// <summary>What is being recorded, one after another.</summary>
        public Task Recording { get; set; } = Task.CompletedTask;
    }

    private readonly Lock gate = new();
    private readonly Dictionary<string, Device> devices = [];

    // The newest cloud-to-device message that a persistent session has been sent: what comes up to it again is a duplicate.
    private readonly ConcurrentDictionary<string, long> sent = new();

    private readonly List<(string HubId, TaskCompletionSource Ready)> waiting = [];

    /// <summary>How many devices are connected.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return devices.Values.Count(device => device.IsConnected);
            }
        }
    }

    /// <summary>The device's hub session, or null where it has none.</summary>
    public IotHubSession? Find(string hubId)
    {
        lock (gate)
        {
            return devices.GetValueOrDefault(hubId)?.Routes.OfType<IotHubSession>().LastOrDefault();
        }
    }

    /// <summary>Every way to the device, oldest first.</summary>
    public IReadOnlyList<IDeviceRoute> Routes(string hubId)
    {
        lock (gate)
        {
            return devices.TryGetValue(hubId, out var device) ? [.. device.Routes] : [];
        }
    }

    /// <returns>Since when the device is connected, or null where it is not.</returns>
    public DateTimeOffset? ConnectedSince(string hubId)
    {
        lock (gate)
        {
            return devices.TryGetValue(hubId, out var device) && device.IsConnected ? device.Since : null;
        }
    }

    /// <summary>There is a new way to the device.</summary>
    public void Enter(IDeviceRoute route)
    {
        lock (gate)
        {
            if (!devices.TryGetValue(route.HubId, out var device))
            {
                devices[route.HubId] = device = new Device();
            }

            if (!device.IsConnected)
            {
                device.Since = route.ConnectedAt;
            }

            device.Routes.Add(route);
        }
    }

    /// <summary>Nothing goes this way any more: what waits may go another.</summary>
    public void Leave(IDeviceRoute route)
    {
        lock (gate)
        {
            devices.GetValueOrDefault(route.HubId)?.Routes.Remove(route);
            Forget(route.HubId);
        }

        Deliver(route.HubId);
    }

    /// <summary>Records that the device is connected, where this is its first way. Each call needs one of <see cref="RecordGoneAsync"/>.</summary>
    public Task RecordComeAsync(IDeviceRoute route)
    {
        lock (gate)
        {
            if (!devices.TryGetValue(route.HubId, out var device))
            {
                // It has left already.
                devices[route.HubId] = device = new Device();
            }

            return ++device.Present == 1 ? Record(route.HubId, device, connected: true, route.ConnectedAt) : device.Recording;
        }
    }

    /// <summary>Records that the device is not connected, where this was its last way.</summary>
    public Task RecordGoneAsync(IDeviceRoute route)
    {
        lock (gate)
        {
            return !devices.TryGetValue(route.HubId, out var device) ? Task.CompletedTask
                : --device.Present == 0 ? Record(route.HubId, device, connected: false, time.GetUtcNow())
                : device.Recording;
        }
    }

    /// <summary>Wakes the way that takes the device's messages.</summary>
    public void Deliver(string hubId) => Serving(hubId)?.DeliverMessages();

    /// <summary>Whether this way takes the device's messages: no newer one does.</summary>
    public bool Serves(IDeviceRoute route) => Serving(route.HubId) == route;

    /// <returns>Whether the message has been sent before.</returns>
    public bool NoteSent(string hubId, long sequence)
    {
        var before = sent.GetValueOrDefault(hubId);
        sent[hubId] = Math.Max(before, sequence);
        return sequence <= before;
    }

    /// <summary>The session of the device is a new one.</summary>
    public void ForgetSent(string hubId) => sent.TryRemove(hubId, out _);

    /// <summary>The device can be called now.</summary>
    public void TakesMethods(string hubId)
    {
        lock (gate)
        {
            foreach (var (_, ready) in waiting.Where(waiter => waiter.HubId == hubId))
            {
                ready.TrySetResult();
            }
        }
    }

    /// <returns>The session of a device that takes methods, or null where there is none within the time-out.</returns>
    public async Task<IotHubSession?> FindForMethodsAsync(string hubId, TimeSpan timeout, CancellationToken cancellation)
    {
        var waiter = (HubId: hubId, Ready: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            waiting.Add(waiter);
        }

        try
        {
            // Looked for after the waiter is in its place: a device that comes in between is not missed.
            if (Find(hubId) is not { TakesMethods: true } && timeout > TimeSpan.Zero)
            {
                await waiter.Ready.Task.WaitAsync(timeout, time, cancellation);
            }
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (gate)
            {
                waiting.Remove(waiter);
            }
        }

        return Find(hubId) is { TakesMethods: true } session ? session : null;
    }

    private IDeviceRoute? Serving(string hubId)
    {
        lock (gate)
        {
            return devices.GetValueOrDefault(hubId)?.Routes.FindLast(route => route.TakesMessages);
        }
    }

    private Task Record(string hubId, Device device, bool connected, DateTimeOffset at)
    {
        var recorded = RecordAsync(device.Recording, hubId, connected, at);
        device.Recording = recorded;
        _ = ForgetAfterAsync(recorded, hubId);
        return recorded;
    }

    private async Task RecordAsync(Task before, string hubId, bool connected, DateTimeOffset at)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await backend.RecordConnectionAsync(hubId, connected, at, CancellationToken.None);
    }

    private async Task ForgetAfterAsync(Task recorded, string hubId)
    {
        try
        {
            await recorded;
        }
        catch (Exception exception)
        {
            MqttLog.RequestFailed(logger, hubId, exception);
        }

        lock (gate)
        {
            Forget(hubId);
        }
    }

    private void Forget(string hubId)
    {
        if (devices.TryGetValue(hubId, out var device) && device is { Routes.Count: 0, Present: 0, Recording.IsCompleted: true })
        {
            devices.Remove(hubId);
        }
    }
}
