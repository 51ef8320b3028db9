using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Devices;

/// <summary>
/// Raises an alarm for each device that has been silent for longer than is required of it, and clears it when the device is heard again. It may run on several instances at once: the alarm's time is
/// when the device should have been heard, so that it is raised once.
/// </summary>
public sealed class AvailabilityWatch
{
    /// <summary>The type of the alarm (reference 1.8).</summary>
    public const string AlarmType = "c8y_UnavailabilityAlarm";

    private const string Text = "No data received from the device within the required interval.";
    private const int PageSize = 500;

    private readonly TenantDirectory tenants;
    private readonly DeviceDirectory devices;
    private readonly AlarmDirectory alarms;
    private readonly TimeProvider time;
    private readonly ConcurrentQueue<(string Tenant, string Device)> heard = new();
    private TaskCompletionSource signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AvailabilityWatch(TenantDirectory tenants, DeviceDirectory devices, AlarmDirectory alarms, TimeProvider time)
    {
        (this.tenants, this.devices, this.alarms, this.time) = (tenants, devices, alarms, time);
        devices.Recovered += (tenant, device) =>
        {
            heard.Enqueue((tenant, device));
            Volatile.Read(ref signal).TrySetResult();
        };
    }

    /// <summary>Completes when a device has been heard again that <see cref="ClearHeardAsync"/> has not seen to.</summary>
    public Task Heard => Volatile.Read(ref signal).Task;

    /// <summary>Clears the alarms of the devices that this process has heard again.</summary>
    public async Task ClearHeardAsync(CancellationToken cancellation)
    {
        Interlocked.Exchange(ref signal, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (heard.TryDequeue(out var device))
        {
            await alarms.ClearAsync(device.Tenant, device.Device, AlarmType, time.GetUtcNow(), cancellation);
        }
    }

    /// <summary>Looks at every tenant: every minute.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await ClearHeardAsync(cancellation);
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await RaiseAsync(tenant.Value.Id, cancellation);
            await ClearAsync(tenant.Value.Id, cancellation);
            await DisconnectAsync(tenant.Value.Id, cancellation);
        }
    }

    private async Task RaiseAsync(string tenant, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var due = new Filter.Compare("silentAt", Comparison.LessOrEqual, JsonValue.Create(now.ToUnixTimeMilliseconds()));

        // Each that is seen to leaves the list, so that the first page is always the next one.
        while (true)
        {
            var (page, _) = await devices.ListObjectsAsync(tenant, due, null, PageSize, null, cancellation);
            foreach (var device in page)
            {
                await RaiseAsync(tenant, device.Value, cancellation);
            }

            if (page.Count < PageSize)
            {
                return;
            }
        }
    }

    private async Task RaiseAsync(string tenant, DeviceTwin device, CancellationToken cancellation)
    {
        var since = DateTimeOffset.FromUnixTimeMilliseconds(device.SilentAt!.Value);
        await alarms.RaiseAsync(tenant, new NewAlarm(device.Id, AlarmType, AlarmSeverity.Major, Text, since), cancellation);
        try
        {
            var stored = await devices.UpdateAsync(
                tenant,
                device.Id,
                twin => twin.Availability == DataStatus.Available ? twin with { Availability = DataStatus.Unavailable } : twin,
                null,
                cancellation
            );
            if (stored.Value.Availability == DataStatus.Unavailable)
            {
                return;
            }
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            // It was deleted at this moment.
        }

        // It was heard at this moment.
        await alarms.ClearAsync(tenant, device.Id, AlarmType, time.GetUtcNow(), cancellation);
    }

    /// <summary>Clears what an instance has left that died after it heard a device.</summary>
    private async Task ClearAsync(string tenant, CancellationToken cancellation)
    {
        var open = Filter.All(
            Filter.Eq("type", JsonValue.Create(AlarmType)),
            new Filter.Not(Filter.Eq("status", JsonValue.Create(nameof(AlarmStatus.Cleared))))
        );
        await foreach (var alarm in alarms.ListAsync(tenant, open, cancellation))
        {
            var device = await devices.FindAsync(tenant, alarm.Value.Device, cancellation);
            if (device?.Value.Availability is DataStatus.Available or DataStatus.Maintenance)
            {
                await alarms.ClearAsync(tenant, alarm.Value.Device, AlarmType, time.GetUtcNow(), cancellation);
            }
        }
    }

    /// <summary>Ends connections that nobody has renewed: the process that held them has died.</summary>
    private async Task DisconnectAsync(string tenant, CancellationToken cancellation)
    {
        var over = new Filter.Compare("push.until", Comparison.LessOrEqual, JsonValue.Create(time.GetUtcNow()));
        var (page, _) = await devices.ListObjectsAsync(tenant, over, null, PageSize, null, cancellation);
        foreach (var device in page)
        {
            // One that is renewed at this moment stays.
            await devices.TryTouchAsync(tenant, device, device.Value with { Push = null }, cancellation);
        }
    }
}
