using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>What came of a device's payload.</summary>
internal enum IntakeResult
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>The device was not known and is made now; as it is mapped to no channel, the payload is not stored.</summary>
    NewDevice,

    /// <summary>The device is not known, and the tenant makes none.</summary>
    Unknown,

    /// <summary>The device is mapped to no channel.</summary>
    NotMapped,

    /// <summary>The device is disabled.</summary>
    Disabled,

    /// <summary>The device is not known, and the tenant may have no more.</summary>
    MaxDevices,

    /// <summary>The device is not known, and its id is none that could be.</summary>
    BadDevice,
}

/// <summary>Takes what devices send by this API's own doors: finds the device, and stores rows of those that are mapped.</summary>
public sealed class ThingScaleIntake(
    DeviceDirectory devices,
    DeviceService service,
    TenantDirectory tenants,
    ProvisioningOptions provisioning,
    ITelemetryIngest ingest,
    DeadLetters deadLetters
)
{
    private readonly DeviceRegistry registry = new(devices, service, tenants, provisioning);

    /// <summary>Takes a payload; what came of it is durable when the task completes.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The id by which the device calls itself.</param>
    /// <param name="payload">What it sends.</param>
    /// <param name="received">When it came.</param>
    /// <param name="keepsRefused">Whether what is not stored is a dead letter: where the sender is not told.</param>
    /// <param name="cancellation">Cancels it.</param>
    internal async Task<IntakeResult> TakeAsync(
        string tenant,
        string device,
        Payload payload,
        DateTimeOffset received,
        bool keepsRefused,
        CancellationToken cancellation
    )
    {
        var (twin, result) = await JudgeAsync(tenant, device, cancellation);
        if (result == IntakeResult.Stored)
        {
            await StoreAsync(twin!, payload, received, cancellation);
        }
        else if (keepsRefused || result == IntakeResult.Unknown)
        {
            var message = ThingScalePayloadDecoder.MessageOf(twin?.HubId ?? device, payload, received);
            await deadLetters.AddAsync(tenant, [DeadLetters.Of(message, ReasonOf(result))], cancellation);
        }

        return result;
    }

    /// <summary>Stores a row of a device.</summary>
    internal Task StoreAsync(DeviceTwin device, Payload payload, DateTimeOffset received, CancellationToken cancellation) =>
        ingest.IngestAsync([ThingScalePayloadDecoder.MessageOf(device.HubId, payload, received)], cancellation);

    /// <summary>The device that calls itself so, made where that is the setting, and whether its payloads are stored.</summary>
    internal async Task<(DeviceTwin? Device, IntakeResult Result)> JudgeAsync(string tenant, string device, CancellationToken cancellation)
    {
        try
        {
            var (twin, isNew) = await registry.FindOrProvisionAsync(tenant, device, cancellation);
            return (
                twin,
                twin is null ? IntakeResult.Unknown
                : isNew ? IntakeResult.NewDevice
                : ThingScaleFragment.Of(twin).MappedChannel is null ? IntakeResult.NotMapped
                : twin.Enabled ? IntakeResult.Stored
                : IntakeResult.Disabled
            );
        }
        catch (ThingScaleException refused)
        {
            return (null, refused.Error == ThingScaleError.MaxDeviceReach ? IntakeResult.MaxDevices : IntakeResult.BadDevice);
        }
    }

    private static string ReasonOf(IntakeResult result) =>
        result switch
        {
            IntakeResult.NewDevice => "The device is new, and mapped to no channel of ThingScale yet.",
            IntakeResult.NotMapped => "The device is mapped to no channel of ThingScale.",
            IntakeResult.Disabled => "The device is disabled.",
            IntakeResult.MaxDevices => "The device is not registered, and the tenant has as many devices as it may have.",
            IntakeResult.BadDevice => "The device is not registered, and its id is none that ThingScale has.",
            _ => "The device is not registered.",
        };
}
