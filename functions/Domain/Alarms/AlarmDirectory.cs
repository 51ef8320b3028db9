using System.Text.Json.Nodes;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Alarms;

/// <summary>The alarms of every tenant: raised, raised again, and cleared; every change is in the change log.</summary>
/// <remarks>The entry of (device, type) names the active alarm. It is written in the commit that begins or ends the alarm, so that there is never a second one.</remarks>
public sealed class AlarmDirectory(IDocumentStore store, ChangeLog changes, DeviceIds ids, TimeProvider time)
{
    /// <summary>The kind of the changes that alarms make.</summary>
    public const string ChangeKind = "alarms";

    /// <summary>How long a cleared alarm can be read.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>Raises an alarm. Where it is active already it counts up; news that is not newer than what is known changes nothing.</summary>
    public async Task<Alarm> RaiseAsync(string tenant, NewAlarm alarm, CancellationToken cancellation)
    {
        while (true)
        {
            var active = await FindActiveAsync(tenant, alarm.Device, alarm.Type, cancellation);
            if (active is { Value: var known } && alarm.Time <= known.Last)
            {
                return known;
            }

            try
            {
                return active is null
                    ? await BeginAsync(tenant, alarm, cancellation)
                    : await WriteAsync(
                        tenant,
                        active,
                        active.Value with
                        {
                            Severity = alarm.Severity,
                            Text = alarm.Text,
                            Last = alarm.Time,
                            Count = active.Value.Count + 1,
                        },
                        cancellation
                    );
            }
            catch (StoreConflictException)
            {
                // Somebody else has raised or cleared it at this moment: look what they left.
            }
        }
    }

    /// <summary>Clears the active alarm of a device and type, where there is one that began before.</summary>
    /// <returns>The alarm as it is now, or null where none was active.</returns>
    public async Task<Alarm?> ClearAsync(string tenant, string device, string type, DateTimeOffset time, CancellationToken cancellation)
    {
        while (true)
        {
            if (await FindActiveAsync(tenant, device, type, cancellation) is not { } active || active.Value.Last > time)
            {
                return null;
            }

            try
            {
                return await WriteAsync(tenant, active, active.Value with { Status = AlarmStatus.Cleared, Cleared = time }, cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else was faster.
            }
        }
    }

    /// <summary>The tenant's alarms that a filter matches, newest first.</summary>
    public IAsyncEnumerable<Stored<Alarm>> ListAsync(string tenant, Filter? filter, CancellationToken cancellation) =>
        store.QueryAllAsync(
            new DocumentQuery(tenant, Kinds.Alarm, filter, [new Ordering("id", Descending: true)], 500),
            AlarmJson.Default.Alarm,
            cancellation
        );

    /// <summary>The tenant's active alarms, newest first.</summary>
    public IAsyncEnumerable<Stored<Alarm>> ListActiveAsync(string tenant, CancellationToken cancellation) =>
        ListAsync(tenant, Filter.Eq("status", JsonValue.Create(nameof(AlarmStatus.Active))), cancellation);

    /// <summary>How many active alarms the tenant has.</summary>
    public Task<long> CountActiveAsync(string tenant, CancellationToken cancellation) =>
        store.CountAsync(new DocumentQuery(tenant, Kinds.ActiveAlarm), cancellation);

    private async ValueTask<Stored<Alarm>?> FindActiveAsync(string tenant, string device, string type, CancellationToken cancellation)
    {
        var entry = await store.GetAsync(
            new DocumentKey(tenant, Kinds.ActiveAlarm, EntryId(device, type)),
            AlarmJson.Default.ActiveAlarm,
            cancellation
        );
        return entry is null
            ? null
            : await store.GetAsync(new DocumentKey(tenant, Kinds.Alarm, entry.Value.Alarm), AlarmJson.Default.Alarm, cancellation);
    }

    private async Task<Alarm> BeginAsync(string tenant, NewAlarm alarm, CancellationToken cancellation)
    {
        var made = new Alarm
        {
            Id = ids.Next(),
            Device = alarm.Device,
            Type = alarm.Type,
            Severity = alarm.Severity,
            Text = alarm.Text,
            First = alarm.Time,
            Last = alarm.Time,
        };
        var entry = AlarmJson.Default.ActiveAlarm.ToBody(new ActiveAlarm(made.Id));
        await changes.CommitAsync(
            tenant,
            [
                new DocumentWrite(WriteMode.Create, Kinds.Alarm, made.Id, AlarmJson.Default.Alarm.ToBody(made)),
                new DocumentWrite(WriteMode.Create, Kinds.ActiveAlarm, EntryId(made.Device, made.Type), entry),
            ],
            [new Change(ChangeKind, made.Device, "create", AlarmJson.ToObject(made))],
            cancellation
        );
        return made;
    }

    private async Task<Alarm> WriteAsync(string tenant, Stored<Alarm> old, Alarm alarm, CancellationToken cancellation)
    {
        var body = AlarmJson.Default.Alarm.ToBody(alarm);
        DateTimeOffset? expires = alarm.Cleared is null ? null : time.GetUtcNow() + Kept;
        var writes = new List<DocumentWrite> { new(WriteMode.Replace, Kinds.Alarm, alarm.Id, body, old.ETag, expires) };
        if (alarm.Status == AlarmStatus.Cleared)
        {
            writes.Add(new DocumentWrite(WriteMode.Delete, Kinds.ActiveAlarm, EntryId(alarm.Device, alarm.Type)));
        }

        var change = new Change(ChangeKind, alarm.Device, "update", AlarmJson.ToObject(alarm));
        await changes.CommitAsync(tenant, writes, [change], cancellation);
        return alarm;
    }

    private static string EntryId(string device, string type) => $"{device}!{Uri.EscapeDataString(type)}";
}
