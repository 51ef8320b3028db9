namespace Serverless.Domain.Devices;

/// <summary>Notes over which connections devices get their commands where it is not the hub's.</summary>
public sealed class PushConnections(DeviceDirectory devices, TimeProvider time)
{
    /// <summary>How long a session lasts without renewal.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromMinutes(4);

    /// <summary>Notes that a device's session is open, for the first time or still. The newest one is noted.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="since">When it began, which names it.</param>
    /// <param name="cancellation">Cancels it.</param>
    public Task OpenAsync(string tenant, string device, DateTimeOffset since, CancellationToken cancellation) =>
        ChangeAsync(
            tenant,
            device,
            (known, now) =>
                known is { IsSession: true } && known.Since > since && known.Until > now
                    ? known
                    : new PushConnection(since, now + Lease, true),
            cancellation
        );

    /// <summary>Notes that it has ended, unless another one has taken its place.</summary>
    public Task CloseAsync(string tenant, string device, DateTimeOffset since, CancellationToken cancellation) =>
        ChangeAsync(tenant, device, (known, _) => known is { IsSession: true } && known.Since == since ? null : known, cancellation);

    /// <summary>Notes that a device polls, and may be told until a time unless it polls again; a time that is not in the future says that it has gone.</summary>
    public Task SeenAsync(string tenant, string device, DateTimeOffset until, CancellationToken cancellation) =>
        ChangeAsync(tenant, device, (known, now) => Seen(known, until, now), cancellation);

    private static PushConnection? Seen(PushConnection? known, DateTimeOffset until, DateTimeOffset now)
    {
        if (known is { IsSession: true } && known.Until > now)
        {
            return known;
        }

        if (until <= now)
        {
            return null;
        }

        // Not each poll writes the twin, but none is noted for less than half of its time.
        return known is not null && known.Until - now >= (until - now) / 2 ? known : new PushConnection(known?.Since ?? now, until, false);
    }

    private async Task ChangeAsync(
        string tenant,
        string device,
        Func<PushConnection?, DateTimeOffset, PushConnection?> change,
        CancellationToken cancellation
    )
    {
        while (await devices.FindAsync(tenant, device, cancellation) is { } stored)
        {
            var push = change(stored.Value.Push, time.GetUtcNow());
            if (push == stored.Value.Push || await devices.TryTouchAsync(tenant, stored, stored.Value with { Push = push }, cancellation))
            {
                return;
            }
        }
    }
}
