using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>The way to the devices that are connected to this process's MQTT endpoint.</summary>
public sealed class LocalDeviceGateway : IDeviceGateway
{
    private readonly IHubBackend backend;
    private readonly ConnectedDevices devices;

    internal LocalDeviceGateway(IHubBackend backend, ConnectedDevices devices) => (this.backend, this.devices) = (backend, devices);

    /// <summary>How many devices are connected now.</summary>
    public int Count => devices.Count;

    public bool SendsMessages => true;

    public async Task RegisterAsync(HubIdentity identity, CancellationToken cancellation)
    {
        await backend.SaveAsync(identity, cancellation);
        Check(identity.HubId, identity);
    }

    public async Task RemoveAsync(string hubId, CancellationToken cancellation)
    {
        await backend.DeleteAsync(hubId, cancellation);
        devices.ForgetSent(hubId);
        Check(hubId, identity: null);
    }

    public async Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation) =>
        devices.ConnectedSince(hubId) is { } since
            ? new ConnectionState(
                Connected: true,
                since,
                devices.Find(hubId)?.TakesMethods ?? false,
                MessagesOnly: devices.Find(hubId) is null
            )
            : new ConnectionState(Connected: false, await backend.GetConnectionChangeAsync(hubId, cancellation));

    public async Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation)
    {
        if (call.Name.Length == 0 || call.Name.AsSpan().ContainsAny("/+#?\0"))
        {
            throw new ArgumentException("The method's name cannot stand in a topic.", nameof(call));
        }

        var session =
            await devices.FindForMethodsAsync(hubId, call.ConnectTimeout, cancellation) ?? throw new DeviceOfflineException(hubId);
        return await session.InvokeAsync(call, cancellation);
    }

    /// <returns>Always null: the twin that the device sees is the directory's own.</returns>
    public Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation)
    {
        devices.Find(hubId)?.PushDesired(patch, version);
        return Task.FromResult<HubDesired?>(null);
    }

    /// <exception cref="DomainException">The message is larger than 64 KiB, which is IoT Hub's limit, or its properties do not fit into a topic.</exception>
    public async Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation)
    {
        if (message.Body.Length > HubLimits.DeviceboundBytes)
        {
            throw DomainException.Invalid("body", "A message to a device has at most 64 KiB.");
        }

        // It would end the device's connection, each time anew.
        if (Encoding.UTF8.GetByteCount(DeviceboundTopic.Name(hubId, message)) > ushort.MaxValue)
        {
            throw DomainException.Invalid("properties", "A message's properties have at most 64 KiB, percent-encoded.");
        }

        await backend.EnqueueAsync(hubId, message, cancellation);
        devices.Deliver(hubId);
    }

    private void Check(string hubId, HubIdentity? identity)
    {
        foreach (var route in devices.Routes(hubId))
        {
            route.Check(identity);
        }
    }
}
