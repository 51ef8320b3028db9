using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Telemetry;

/// <summary>
/// What IoT Hub itself says of a device, by its routes: that its twin has changed, that it was made or deleted, that it came or went. (Microsoft: "Non-telemetry event schemas".) All of it may come
/// twice and late, so that the hub's own versions and times decide what is new.
/// </summary>
public sealed class HubEvents(DeviceDirectory devices, DeviceResolver resolver, DeviceConnections connections, CommandEchoes echoes)
{
    /// <summary>Takes an event; durable when the task completes.</summary>
    /// <returns>The partition of a dead letter and why the event cannot be taken, or null where it was.</returns>
    internal async Task<(string Partition, string Reason)?> TakeAsync(DeviceMessage message, CancellationToken cancellation)
    {
        var operation = message.Properties.GetValueOrDefault("opType");
        var time = TimeOf(message);
        switch (message.Source, operation)
        {
            case (MessageSource.ConnectionState, "deviceConnected" or "deviceDisconnected"):
                await connections.RecordAsync(message.HubId, operation == "deviceConnected", time, cancellation);
                return null;

            case (MessageSource.DeviceLifecycle, "deleteDeviceIdentity"):
                // Its data stays until somebody deletes the device here.
                await connections.RecordAsync(message.HubId, connected: false, time, cancellation);
                return null;

            case (MessageSource.DeviceLifecycle, "createDeviceIdentity"):
                var (device, partition, reason) = await resolver.ResolveAsync(message.HubId, cancellation);
                return device is null
                    ? (partition, reason)
                    : await UpdateAsync(device, twin => HubFollowing.BeginAnew(twin, time), cancellation);

            case (MessageSource.TwinChange, "updateTwin" or "replaceTwin"):
                return await ChangeTwinAsync(message, operation == "replaceTwin", time, cancellation);

            default:
                var owner = (await devices.FindByHubIdAsync(message.HubId, cancellation))?.Tenant ?? Partitions.System;
                return (owner, $"Nothing is known of messages of the source {message.Source} with the operation '{operation}'.");
        }
    }

    private async Task<(string, string)?> ChangeTwinAsync(
        DeviceMessage message,
        bool whole,
        DateTimeOffset time,
        CancellationToken cancellation
    )
    {
        var (device, partition, reason) = await resolver.ResolveAsync(message.HubId, cancellation);
        if (device is null)
        {
            return (partition, reason);
        }

        try
        {
            if (JsonNode.Parse(message.Body.Span) is not JsonObject body || body["properties"] is not JsonObject properties)
            {
                return (partition, "A twin's change is a JSON object with the member properties.");
            }

            var refused = await UpdateAsync(device, twin => HubFollowing.Change(twin, properties, whole, time), cancellation);
            if (properties["reported"] is JsonObject reported)
            {
                await echoes.TakeReportedAsync(device.Tenant, device.Twin.Id, reported, cancellation);
            }

            return refused;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            return (partition, $"The payload is no well-formed JSON: {broken.Message}");
        }
    }

    private async Task<(string, string)?> UpdateAsync(
        KnownDevice device,
        Func<DeviceTwin, DeviceTwin> change,
        CancellationToken cancellation
    )
    {
        try
        {
            await devices.UpdateAsync(device.Tenant, device.Twin.Id, change, null, cancellation);
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // The device was deleted at this moment.
        }

        return null;
    }

    private static DateTimeOffset TimeOf(DeviceMessage message) =>
        DateTimeOffset.TryParse(
            message.Properties.GetValueOrDefault("operationTimestamp"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : message.EnqueuedTime;
}
