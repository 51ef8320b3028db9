using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Alarms;

/// <summary>The alarms of every tenant: raised, raised again, changed and cleared; every change is in the change log, and all but counting up in the audit log.</summary>
/// <remarks>The entry of (device, type) names the open alarm. It is written in the commit that begins or ends the alarm, so that there is never a second one.</remarks>
public sealed class AlarmDirectory(
    IDocumentStore store,
    ChangeLog changes,
    DeviceDirectory devices,
    AuditLog audit,
    EventOutbox events,
    DeviceIds ids,
    TimeProvider time
)
{
    /// <summary>The kind of the changes that alarms make.</summary>
    public const string ChangeKind = "alarms";

    /// <summary>How long a cleared alarm can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    private const int PageSize = 500;

    // A commit has room for 100 writes, and each alarm takes up to four: itself, its entry, its change, its event.
    private const int DeletedAtOnce = 20;

    private readonly AlarmWriter writer = new(changes, devices, audit, events, time);

    /// <summary>Raises an alarm of the cloud's own. Where it is open already it counts up; news that is not newer than what is known changes nothing.</summary>
    /// <returns>The alarm, or null where the device is in maintenance or the tenant wants none of the type.</returns>
    public Task<Alarm?> RaiseAsync(string tenant, NewAlarm alarm, CancellationToken cancellation) =>
        RaiseAsync(tenant, alarm, AuditActor.Cloud, Effects.All, cancellation);

    /// <summary>Raises an alarm. Where one of the device and type is open that one counts up: its last time is the newer one, and everything else of it stays.</summary>
    /// <returns>The alarm, or null where the device is in maintenance or the tenant wants none of the type.</returns>
    public async Task<Alarm?> RaiseAsync(string tenant, NewAlarm alarm, AuditActor actor, Effects effects, CancellationToken cancellation)
    {
        if (await IsInMaintenanceAsync(tenant, alarm.Device, cancellation))
        {
            return null;
        }

        var mapping = await AlarmMapping.FindAsync(store, tenant, alarm.Type, cancellation);
        if (mapping is { IsSuppressed: true })
        {
            return null;
        }

        while (true)
        {
            var open = await FindOpenAsync(tenant, alarm.Device, alarm.Type, cancellation);
            if (open is { Value: var known } && !alarm.AlwaysCounts && alarm.Time <= known.Last)
            {
                return known;
            }

            var next = open is null
                ? Made(alarm, mapping)
                : open.Value with
                {
                    First = Earlier(open.Value.First, alarm.Time),
                    Last = Later(open.Value.Last, alarm.Time),
                    Count = open.Value.Count + 1,
                };
            try
            {
                return await writer.WriteAsync(tenant, open, next, open is null ? actor : null, effects, cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else has raised or cleared it at this moment: look what they left.
            }
        }
    }

    /// <summary>Sets the open alarm of a device and type to what is given, or makes one.</summary>
    /// <returns>The alarm as it is now, or null where the device is in maintenance or the tenant wants none of the type; and as it was, or null where there was none.</returns>
    public async Task<(Alarm? Alarm, Alarm? Before)> UpsertAsync(
        string tenant,
        AlarmUpsert alarm,
        AuditActor actor,
        Effects effects,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            if (await FindOpenAsync(tenant, alarm.Device, alarm.Type, cancellation) is not { } open)
            {
                var asked = new NewAlarm(
                    alarm.Device,
                    alarm.Type,
                    alarm.Severity ?? AlarmSeverity.Major,
                    alarm.Text ?? "",
                    alarm.Time ?? time.GetUtcNow()
                )
                {
                    Status = alarm.Status ?? AlarmStatus.Active,
                    Fragments = MergeFragments([], alarm.Fragments),
                };
                return (await RaiseAsync(tenant, asked, actor, effects, cancellation), null);
            }

            var known = open.Value;
            var next = known with
            {
                Severity = alarm.Severity ?? known.Severity,
                Status = alarm.Status ?? known.Status,
                Text = alarm.Text ?? known.Text,
                Fragments = MergeFragments(known.Fragments, alarm.Fragments),
                Count = known.Count + (alarm.Counts ? 1 : 0),
            };
            try
            {
                return (await writer.WriteAsync(tenant, open, next, actor, effects, cancellation), known);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster.
            }
        }
    }

    /// <summary>Clears the open alarm of a device and type, where there is one that began before.</summary>
    /// <returns>The alarm as it is now, or null where none was open.</returns>
    public async Task<Alarm?> ClearAsync(string tenant, string device, string type, DateTimeOffset time, CancellationToken cancellation)
    {
        while (true)
        {
            if (await FindOpenAsync(tenant, device, type, cancellation) is not { } open || open.Value.Last > time)
            {
                return null;
            }

            try
            {
                var next = open.Value with { Status = AlarmStatus.Cleared, Cleared = time };
                return await writer.WriteAsync(tenant, open, next, AuditActor.Cloud, Effects.All, cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster.
            }
        }
    }

    public ValueTask<Stored<Alarm>?> FindAsync(string tenant, string id, CancellationToken cancellation) =>
        store.GetAsync(new DocumentKey(tenant, Kinds.Alarm, id), AlarmJson.Default.Alarm, cancellation);

    /// <exception cref="DomainException">The tenant has no such alarm.</exception>
    public async ValueTask<Stored<Alarm>> GetAsync(string tenant, string id, CancellationToken cancellation) =>
        await FindAsync(tenant, id, cancellation) ?? throw DomainException.NotFound($"alarm '{id}'");

    /// <summary>Changes an alarm; where nothing is changed, nothing is written.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The alarm's id.</param>
    /// <param name="change">Makes the new alarm from the old one; it may be called again when somebody else was faster.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="effects">Whether it is stored and told.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">There is no such alarm, or it is to be open again while another one of its device and type is.</exception>
    public async Task<Alarm> UpdateAsync(
        string tenant,
        string id,
        Func<Alarm, Alarm> change,
        AuditActor actor,
        Effects effects,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var old = await GetAsync(tenant, id, cancellation);
            var next = change(old.Value);
            try
            {
                return await writer.WriteAsync(tenant, old, next, actor, effects, cancellation);
            }
            catch (StoreConflictException) when (old.Value.IsOpen || !next.IsOpen)
            {
                // Somebody else was faster.
            }
            catch (StoreConflictException conflict) when (conflict.Key.Kind != Kinds.ActiveAlarm)
            {
                // Likewise.
            }
            catch (StoreConflictException)
            {
                throw new DomainException(Refusal.Exists, $"The device has another open alarm of the type {next.Type}.", "status");
            }
        }
    }

    /// <summary>Sets the status of every alarm that a filter matches.</summary>
    /// <returns>How many were changed.</returns>
    public async Task<int> UpdateManyAsync(
        string tenant,
        AlarmFilter filter,
        AlarmStatus status,
        AuditActor actor,
        Effects effects,
        CancellationToken cancellation
    )
    {
        // First who, then what: a change may take an alarm out of what the filter matches, or to another place in it.
        var found = new List<string>();
        await foreach (var alarm in ListAsync(tenant, filter.ToFilter(), cancellation))
        {
            if (alarm.Value.Status != status)
            {
                found.Add(alarm.Value.Id);
            }
        }

        var changed = 0;
        foreach (var id in found)
        {
            try
            {
                await UpdateAsync(tenant, id, alarm => alarm with { Status = status }, actor, effects, cancellation);
                changed++;
            }
            catch (DomainException gone) when (gone.Refusal is Refusal.NotFound or Refusal.Exists)
            {
                // It was deleted at this moment, or another of its type is open.
            }
        }

        return changed;
    }

    /// <summary>Deletes every alarm that a filter matches.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DeleteManyAsync(string tenant, AlarmFilter filter, Effects effects, CancellationToken cancellation)
    {
        var found = new List<Stored<Alarm>>();
        await foreach (var alarm in ListAsync(tenant, filter.ToFilter(), cancellation))
        {
            found.Add(alarm);
        }

        foreach (var ofDevice in found.GroupBy(alarm => alarm.Value.Device))
        {
            foreach (var chunk in ofDevice.Chunk(DeletedAtOnce))
            {
                await DeleteAsync(tenant, chunk, effects, cancellation);
            }
        }

        return found.Count;
    }

    /// <exception cref="DomainException">The tenant has no such alarm.</exception>
    public async Task DeleteAsync(string tenant, string id, Effects effects, CancellationToken cancellation) =>
        await DeleteAsync(tenant, [await GetAsync(tenant, id, cancellation)], effects, cancellation);

    /// <summary>One page of alarms, the newest first.</summary>
    public Task<(IReadOnlyList<Stored<Alarm>> Items, string? Cursor)> ListAsync(
        string tenant,
        AlarmFilter filter,
        int limit,
        string? cursor,
        CancellationToken cancellation
    ) =>
        store.QueryAsync(
            new DocumentQuery(tenant, Kinds.Alarm, filter.ToFilter(), [new Ordering("time", Descending: true)], limit, cursor),
            AlarmJson.Default.Alarm,
            cancellation
        );

    /// <summary>How many alarms a filter matches.</summary>
    public Task<long> CountAsync(string tenant, AlarmFilter filter, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.Alarm, filter.ToFilter()), cancellation);

    /// <summary>The tenant's alarms that a filter matches, newest first.</summary>
    public IAsyncEnumerable<Stored<Alarm>> ListAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        store.QueryAllAsync(
            new DocumentQuery(tenant, Kinds.Alarm, filter, [new Ordering("id", Descending: true)], PageSize),
            AlarmJson.Default.Alarm,
            cancellation
        );

    /// <summary>The tenant's open alarms, newest first.</summary>
    public IAsyncEnumerable<Stored<Alarm>> ListActiveAsync(string tenant, CancellationToken cancellation) =>
        ListAsync(tenant, new AlarmFilter { Statuses = AlarmFilter.Open }.ToFilter(), cancellation);

    /// <summary>How many open alarms the tenant has.</summary>
    public Task<long> CountActiveAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.ActiveAlarm), cancellation);

    /// <summary>Members with others set; null removes one.</summary>
    public static JsonObject MergeFragments(JsonObject fragments, JsonObject set)
    {
        var merged = fragments.DeepClone().AsObject();
        foreach (var (name, value) in set)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value.DeepClone();
            }
        }

        return merged;
    }

    private async Task DeleteAsync(string tenant, IReadOnlyList<Stored<Alarm>> ofDevice, Effects effects, CancellationToken cancellation)
    {
        try
        {
            await writer.DeleteAsync(tenant, ofDevice, effects, cancellation);
        }
        catch (StoreConflictException)
        {
            // One was changed or deleted at this moment: each by itself, in the version that is there now.
            foreach (var id in ofDevice.Select(alarm => alarm.Value.Id))
            {
                while (await FindAsync(tenant, id, cancellation) is { } alarm)
                {
                    try
                    {
                        await writer.DeleteAsync(tenant, [alarm], effects, cancellation);
                        break;
                    }
                    catch (StoreConflictException)
                    {
                        // Again.
                    }
                }
            }
        }
    }

    private async ValueTask<Stored<Alarm>?> FindOpenAsync(string tenant, string device, string type, CancellationToken cancellation)
    {
        var key = new DocumentKey(tenant, Kinds.ActiveAlarm, AlarmWriter.EntryId(device, type));
        var entry = await store.GetAsync(key, AlarmJson.Default.ActiveAlarm, cancellation);
        return entry is null ? null : await FindAsync(tenant, entry.Value.Alarm, cancellation);
    }

    /// <summary>A device that is to be heard of never (an interval of 0 or less) is in maintenance: what it raises means nothing.</summary>
    private async ValueTask<bool> IsInMaintenanceAsync(string tenant, string device, CancellationToken cancellation) =>
        (await devices.FindAsync(tenant, device, cancellation))?.Value.Fragments["c8y_RequiredAvailability"] is JsonObject required
        && required["responseInterval"] is JsonValue interval
        && interval.TryGetValue<double>(out var minutes)
        && minutes <= 0;

    private Alarm Made(NewAlarm alarm, AlarmMapping? mapping)
    {
        var (now, when) = (time.GetUtcNow(), alarm.Time.ToUniversalTime());
        return new Alarm
        {
            Id = ids.Next(),
            Device = alarm.Device,
            Type = alarm.Type,
            Severity = mapping?.Severity ?? alarm.Severity,
            Status = alarm.Status,
            Text = mapping?.Text ?? alarm.Text,
            First = when,
            Last = when,
            Cleared = alarm.Status == AlarmStatus.Cleared ? now : null,
            Created = now,
            Fragments = alarm.Fragments?.DeepClone().AsObject() ?? [],
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => (one < other ? one : other).ToUniversalTime();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => (one > other ? one : other).ToUniversalTime();
}
