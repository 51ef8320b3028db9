using System.Text.Json.Nodes;
using Azure.Core;
using Serverless.Domain;
using Serverless.Domain.Devices;

namespace Serverless.Azure.IotHub;

/// <summary>
/// The way to devices through Azure IoT Hub's service API. The hub is told of devices, keys and desired properties; it numbers the versions of desired properties itself, so that a device sees the
/// hub's own. Methods wait 5 to 300 seconds for an answer: less or more is rounded to that.
/// </summary>
internal sealed class IotHubGateway(IotHubClient hub) : IDeviceGateway
{
    // Each time somebody else has changed the device, or made or deleted it; so many mean that something is wrong.
    private const int Attempts = 10;

    public bool SendsMessages => false;

    /// <exception cref="DomainException">The hub does not take the device: its id, its keys, or one more device than the hub holds.</exception>
    public async Task RegisterAsync(HubIdentity identity, CancellationToken cancellation)
    {
        // Most are new. One that is there already is changed whatever its version is: the directory has the last word.
        var path = DevicePath(identity.HubId);
        var answer = await hub.SendAsync(RequestMethod.Put, path, RegistryJson.Write(identity), null, cancellation);
        for (var attempt = 1; answer.Status is 409 or 412 && attempt < Attempts; attempt++)
        {
            var (there, etag) = await FindAsync(path, cancellation);
            var body = RegistryJson.Write(identity, there);
            answer = await hub.SendAsync(RequestMethod.Put, path, body, etag, cancellation);
        }

        _ = answer.Status switch
        {
            200 => true,
            400 or 403 => throw DomainException.Invalid("keys", $"IoT Hub does not take the device: {answer.Reason}"),
            _ => throw answer.Unexpected(),
        };
    }

    public async Task RemoveAsync(string hubId, CancellationToken cancellation)
    {
        var answer = await hub.SendAsync(RequestMethod.Delete, DevicePath(hubId), null, IotHubClient.Any, cancellation);
        if (answer.Status is not (200 or 204 or 404))
        {
            throw answer.Unexpected();
        }
    }

    public async Task<ConnectionState> GetConnectionAsync(string hubId, CancellationToken cancellation)
    {
        var answer = await hub.SendAsync(RequestMethod.Get, DevicePath(hubId), null, null, cancellation);
        return answer.Status switch
        {
            200 when answer.Body is JsonObject device => RegistryJson.ConnectionOf(device),
            404 => new ConnectionState(Connected: false, Since: null),
            _ => throw answer.Unexpected(),
        };
    }

    /// <exception cref="DomainException">The hub does not take the call: a name or payload that it does not allow.</exception>
    public async Task<MethodResult> InvokeMethodAsync(string hubId, MethodCall call, CancellationToken cancellation)
    {
        var (response, connect) = (Seconds(call.ResponseTimeout, 5), Seconds(call.ConnectTimeout, 0));
        var body = new JsonObject
        {
            ["methodName"] = call.Name,
            ["responseTimeoutInSeconds"] = response,
            ["connectTimeoutInSeconds"] = connect,
            ["payload"] = call.Payload?.DeepClone(),
        };
        var answer = await hub.InvokeAsync($"{TwinPath(hubId)}/methods", body, TimeSpan.FromSeconds(response + connect), cancellation);
        return answer.Status switch
        {
            200 when answer.Body is JsonObject result => new MethodResult((int?)result["status"] ?? 0, result["payload"]?.DeepClone()),
            404 => throw new DeviceOfflineException(hubId),
            408 or 502 or 504 => throw new DeviceTimeoutException(hubId),
            400 or 413 => throw DomainException.Invalid("method", $"IoT Hub does not take the call: {answer.Reason}"),
            _ => throw answer.Unexpected(),
        };
    }

    /// <summary>Merges the patch into the hub's desired properties; the hub tells the device. A device that the hub does not know is no error.</summary>
    /// <returns>The hub's desired properties, with its own version; null where it does not know the device.</returns>
    /// <exception cref="DomainException">The hub does not take the patch: a name or depth that it does not allow, or more than 32 KiB in all.</exception>
    public async Task<HubDesired?> PushDesiredAsync(string hubId, JsonObject patch, long version, CancellationToken cancellation)
    {
        var body = new JsonObject { ["properties"] = new JsonObject { ["desired"] = patch.DeepClone() } };
        var answer = await hub.SendAsync(RequestMethod.Patch, TwinPath(hubId), body, IotHubClient.Any, cancellation);
        return answer.Status switch
        {
            200 => RegistryJson.DesiredOf(answer.Body),
            404 => null,
            400 or 413 => throw DomainException.Invalid("desired", $"IoT Hub does not take the patch: {answer.Reason}"),
            _ => throw answer.Unexpected(),
        };
    }

    /// <summary>The service API over HTTPS has no way to send a message to a device (its own clients use AMQP for that).</summary>
    /// <exception cref="DomainException">Always.</exception>
    public Task SendAsync(string hubId, CloudToDeviceMessage message, CancellationToken cancellation) =>
        throw DomainException.Invalid(
            "message",
            "IoT Hub's HTTPS API sends no messages to devices: call a method or set desired properties."
        );

    /// <returns>The device in the registry and its entity tag in quotes; both null where it is gone again, so that it is made.</returns>
    private async Task<(JsonObject? Device, string? ETag)> FindAsync(string path, CancellationToken cancellation)
    {
        var answer = await hub.SendAsync(RequestMethod.Get, path, null, null, cancellation);
        return answer.Status switch
        {
            200 when answer.Body is JsonObject device => (device, $"\"{device["etag"]}\""),
            404 => (null, null),
            _ => throw answer.Unexpected(),
        };
    }

    private static string DevicePath(string hubId) => $"/devices/{Uri.EscapeDataString(hubId)}";

    private static string TwinPath(string hubId) => $"/twins/{Uri.EscapeDataString(hubId)}";

    private static int Seconds(TimeSpan time, int least) => (int)Math.Ceiling(Math.Clamp(time.TotalSeconds, least, 300));
}
