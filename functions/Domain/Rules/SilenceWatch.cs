using System.Collections.Concurrent;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Rules;

/// <summary>Finds devices that a rule of silence watches and that have been silent for long enough.</summary>
/// <remarks>
/// <para>Each device that a rule watches is due when the newest value that is known would be too old. What values come is known from the <see cref="RuleEngine"/>, which every value passes; where it knows
/// of none that is new enough, the series are asked, since another instance may have taken one. Only then is the silence decided, by the engine and once for all instances. Silence that is over before
/// anybody has looked is not told.</para>
/// <para><see cref="RunAsync"/> looks at those that are due, every second on a laptop; <see cref="RunAllAsync"/> also at which devices there are, and whether silence that was told still is: every minute, and
/// by a timer of Azure's, which is how late silence may be told there.</para>
/// </remarks>
public sealed class SilenceWatch
{
    private const int PageSize = 500;

    private readonly TenantDirectory tenants;
    private readonly DeviceDirectory devices;
    private readonly RuleEngine engine;
    private readonly SilenceDecision decision;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, WatchedTenant> watched = new();

    public SilenceWatch(
        TenantDirectory tenants,
        DeviceDirectory devices,
        RuleDirectory rules,
        RuleEngine engine,
        ISeriesTail series,
        ChangeLog changes,
        TimeProvider time
    )
    {
        (this.tenants, this.devices, this.engine, this.time) = (tenants, devices, engine, time);
        decision = new SilenceDecision(devices, engine, series, time);
        rules.Changed += tenant => watched.GetOrAdd(tenant, _ => new WatchedTenant());
        changes.Committed += TakeNews;
    }

    /// <summary>Looks at what is due, of the tenants that this process has found to have rules of silence.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var tenant in watched.Keys)
        {
            await LookAsync(tenant, isThorough: false, cancellation);
        }
    }

    /// <summary>Looks at every tenant, device and silence.</summary>
    public async Task RunAllAsync(CancellationToken cancellation)
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await LookAsync(tenant.Value.Id, isThorough: true, cancellation);
        }
    }

    private void TakeNews(string tenant, IReadOnlyList<LoggedChange> changes)
    {
        if (watched.TryGetValue(tenant, out var known))
        {
            foreach (var change in changes.Where(change => change.Kind == DeviceDirectory.ChangeKind))
            {
                known.Tell(change.Source);
            }
        }
    }

    private async Task LookAsync(string tenant, bool isThorough, CancellationToken cancellation)
    {
        var index = await engine.FindAsync(tenant, cancellation);
        if (index is not { HasSilences: true } && !watched.ContainsKey(tenant))
        {
            return;
        }

        var known = watched.GetOrAdd(tenant, _ => new WatchedTenant());
        await known.Gate.WaitAsync(cancellation);
        try
        {
            if (index is not { HasSilences: true })
            {
                known.Keep([]);
                (known.Index, _) = (index, known.TakeNews(int.MaxValue));
                return;
            }

            await FindDevicesAsync(tenant, known, index, isThorough, cancellation);
            var now = PayloadTime.ToNanoseconds(time.GetUtcNow());
            if (isThorough)
            {
                await decision.EndAsync(tenant, [.. known.Silent], cancellation);
            }

            await decision.TakeAsync(tenant, known, now, cancellation);
        }
        finally
        {
            known.Gate.Release();
        }
    }

    /// <summary>Finds which rule watches which device: of all where the rules have changed or all are asked for, else of the devices that have changed.</summary>
    private async Task FindDevicesAsync(
        string tenant,
        WatchedTenant known,
        RuleIndex index,
        bool isThorough,
        CancellationToken cancellation
    )
    {
        var isAll = isThorough || known.Index != index;

        // What is read from now on has these changes in it.
        var changed = known.TakeNews(isAll ? int.MaxValue : PageSize);
        if (!isAll)
        {
            foreach (var id in changed)
            {
                known.Watch(id, await devices.FindAsync(tenant, id, cancellation) is { } found ? found.Value : null, index);
            }

            return;
        }

        var all = new HashSet<string>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, null, null, PageSize, cursor, cancellation);
            foreach (var device in page)
            {
                all.Add(device.Value.Id);
                known.Watch(device.Value.Id, device.Value, index);
            }
        } while (cursor is not null);

        known.Keep(all);
        known.Index = index;
    }
}
