using System.Text.Json.Nodes;
using Serverless.Domain.Audit;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Events;

namespace Serverless.Domain.Alarms;

/// <summary>Writes alarms with what goes with them in one commit: the entry of the open one, the device's counts, the audit record, the change, the event.</summary>
internal sealed class AlarmWriter(ChangeLog changes, DeviceDirectory devices, AuditLog audit, EventOutbox events, TimeProvider time)
{
    public static string EntryId(string device, string type) => $"{device}!{Uri.EscapeDataString(type)}";

    /// <summary>Writes a new version of an alarm, or a new alarm. Where nothing is different nothing is written.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="old">The version that was read, or null for a new alarm.</param>
    /// <param name="next">The new version; when it was cleared and written is set here.</param>
    /// <param name="actor">Who did it; null writes no audit record.</param>
    /// <param name="effects">Whether it is stored and told.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreConflictException">Somebody else was faster; nothing was written.</exception>
    public async Task<Alarm> WriteAsync(
        string tenant,
        Stored<Alarm>? old,
        Alarm next,
        AuditActor? actor,
        Effects effects,
        CancellationToken cancellation
    )
    {
        if (old is not null && JsonNode.DeepEquals(AlarmJson.ToObject(old.Value), AlarmJson.ToObject(next)))
        {
            return old.Value;
        }

        var now = time.GetUtcNow();
        next = next with { Updated = now, Cleared = next.IsOpen ? null : next.Cleared ?? now };
        var change = new Change(ChangeKind, next.Device, old is null ? "create" : "update", AlarmJson.ToObject(next));
        var writes = Writes(old, next);
        if (actor is not null)
        {
            writes.Add(AuditWrite(old?.Value, next, actor));
        }

        CloudEvent?[] told = [AlarmEvents.Of(tenant, old, next, now)];
        await CommitAsync(tenant, next.Device, [(old?.Value, next)], writes, [change], told, effects, cancellation);
        return next;
    }

    /// <summary>Deletes alarms of one device.</summary>
    /// <exception cref="StoreConflictException">One of them was changed or deleted at this moment; nothing was written.</exception>
    public Task DeleteAsync(string tenant, IReadOnlyList<Stored<Alarm>> ofDevice, Effects effects, CancellationToken cancellation)
    {
        var writes = ofDevice
            .Select(alarm => new DocumentWrite(WriteMode.Delete, Kinds.Alarm, alarm.Value.Id, IfMatch: alarm.ETag))
            .ToList();
        writes.AddRange(
            ofDevice
                .Where(alarm => alarm.Value.IsOpen)
                .Select(alarm => new DocumentWrite(WriteMode.Delete, Kinds.ActiveAlarm, EntryId(alarm.Value.Device, alarm.Value.Type)))
        );
        var now = time.GetUtcNow();
        return CommitAsync(
            tenant,
            ofDevice[0].Value.Device,
            [.. ofDevice.Select(alarm => ((Alarm?)alarm.Value, (Alarm?)null))],
            writes,
            [.. ofDevice.Select(alarm => new Change(ChangeKind, alarm.Value.Device, "delete", new JsonObject { ["id"] = alarm.Value.Id }))],
            [.. ofDevice.Select(alarm => AlarmEvents.Of(tenant, alarm, null, now))],
            effects,
            cancellation
        );
    }

    private const string ChangeKind = AlarmDirectory.ChangeKind;

    private async Task CommitAsync(
        string tenant,
        string device,
        IReadOnlyList<(Alarm? From, Alarm? To)> alarms,
        IReadOnlyList<DocumentWrite> writes,
        IReadOnlyList<Change> told,
        IReadOnlyList<CloudEvent?> caused,
        Effects effects,
        CancellationToken cancellation
    )
    {
        var isTold = effects.HasFlag(Effects.Tell);
        var published = isTold ? caused.OfType<CloudEvent>().ToList() : [];
        var pending = published.ConvertAll(one => PendingEvent.WriteOf(one, time.GetUtcNow()));
        if (effects.HasFlag(Effects.Store))
        {
            await StoreAsync(tenant, device, alarms, [.. writes, .. pending], isTold ? told : [], cancellation);
        }
        else if (isTold)
        {
            await changes.CommitAsync(tenant, pending, told, cancellation);
        }

        await events.PublishAsync(tenant, published, cancellation);
    }

    private async Task StoreAsync(
        string tenant,
        string device,
        IReadOnlyList<(Alarm? From, Alarm? To)> alarms,
        IReadOnlyList<DocumentWrite> writes,
        IReadOnlyList<Change> told,
        CancellationToken cancellation
    )
    {
        var difference = AlarmCounts.Difference(alarms);
        if (difference.Count > 0)
        {
            try
            {
                await devices.UpdateWithAsync(
                    tenant,
                    device,
                    twin => AlarmCounts.Apply(twin, difference),
                    null,
                    writes,
                    cancellation,
                    told,
                    isTold: told.Count > 0
                );
                return;
            }
            catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
            {
                // The device was deleted, its counts with it.
            }
        }

        await changes.CommitAsync(tenant, writes, told, cancellation);
    }

    private List<DocumentWrite> Writes(Stored<Alarm>? old, Alarm next)
    {
        DateTimeOffset? expires = next.IsOpen ? null : time.GetUtcNow() + AlarmDirectory.Kept;
        var mode = old is null ? WriteMode.Create : WriteMode.Replace;
        var writes = new List<DocumentWrite> { new(mode, Kinds.Alarm, next.Id, BodyOf(next), old?.ETag, expires) };
        var wasOpen = old is { Value.IsOpen: true };
        if (next.IsOpen && !wasOpen)
        {
            var entry = AlarmJson.Default.ActiveAlarm.ToBody(new ActiveAlarm(next.Id));
            writes.Add(new DocumentWrite(WriteMode.Create, Kinds.ActiveAlarm, EntryId(next.Device, next.Type), entry));
        }
        else if (!next.IsOpen && wasOpen)
        {
            writes.Add(new DocumentWrite(WriteMode.Delete, Kinds.ActiveAlarm, EntryId(next.Device, next.Type)));
        }

        return writes;
    }

    /// <summary>The stored form: the alarm with the members source and time, by which every kind is listed.</summary>
    private static ReadOnlyMemory<byte> BodyOf(Alarm alarm)
    {
        var body = AlarmJson.ToObject(alarm);
        (body["source"], body["time"]) = (alarm.Device, body["last"]!.DeepClone());
        return DocumentBodies.Of(body);
    }

    private DocumentWrite AuditWrite(Alarm? old, Alarm next, AuditActor actor)
    {
        var changed = new List<AuditChange>();
        Compare("status", old?.Status.ToString(), next.Status.ToString());
        Compare("severity", old?.Severity.ToString(), next.Severity.ToString());
        Compare("text", old?.Text, next.Text);
        var activity = old is null ? "Alarm created" : "Alarm updated";
        var what = string.Join(", ", changed.Select(change => $"{change.Attribute}='{change.NewValue}'"));
        return audit.WriteOf(actor, "Alarm", next.Id, activity, what.Length == 0 ? activity : $"{activity}: {what}", changed);

        void Compare(string attribute, string? before, string after)
        {
            var isWord = attribute != "text";
            var (from, to) = isWord ? (before?.ToUpperInvariant(), after.ToUpperInvariant()) : (before, after);
            if (from != to)
            {
                changed.Add(new AuditChange(attribute, from, to));
            }
        }
    }
}
