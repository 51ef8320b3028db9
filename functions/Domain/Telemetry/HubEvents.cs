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
                return device is null ? (partition, reason) : await UpdateAsync(device, twin => BeginAnew(twin, time), cancellation);

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

            var refused = await UpdateAsync(device, twin => Change(twin, properties, whole, time), cancellation);
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

    /// <summary>A device made at the hub counts its versions from the beginning.</summary>
    private static DeviceTwin BeginAnew(DeviceTwin twin, DateTimeOffset made) =>
        twin.Hub is { } known && known.Made >= made ? twin : twin with { Hub = new HubVersions(0, 0, made) };

    private static DeviceTwin Change(DeviceTwin twin, JsonObject properties, bool whole, DateTimeOffset time)
    {
        var known = twin.Hub ?? new HubVersions(0, 0, DateTimeOffset.MinValue);
        if (time < known.Made)
        {
            return twin; // of a device of this name that is no more
        }

        var (reported, reportedVersion) = Take(twin.Reported, known.Reported, properties["reported"] as JsonObject, whole);
        var (desired, desiredVersion) = Take(twin.Desired, known.Desired, properties["desired"] as JsonObject, whole);
        var versions = known with { Reported = reportedVersion, Desired = desiredVersion };
        return versions == known ? twin : twin with { Reported = reported, Desired = desired, Hub = versions };
    }

    private static (TwinProperties Properties, long Version) Take(TwinProperties properties, long known, JsonObject? news, bool whole)
    {
        var version = (long?)(news?["$version"] as JsonValue) ?? 0;
        if (news is null || version <= known)
        {
            return (properties, known);
        }

        var values = new JsonObject();
        foreach (var (name, value) in news.Where(member => !member.Key.StartsWith('$')))
        {
            values[name] = value?.DeepClone();
        }

        var merged = JsonMerge.Apply(whole ? [] : properties.Values, values);
        return (JsonNode.DeepEquals(merged, properties.Values) ? properties : new TwinProperties(merged, properties.Version + 1), version);
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
