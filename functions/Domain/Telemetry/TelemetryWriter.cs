using Serverless.Domain.Changes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Rules;

namespace Serverless.Domain.Telemetry;

/// <summary>Commits what a batch of messages came to: what rules say of it, then points, twins, log lines and dead letters, then what follows from them.</summary>
public sealed class TelemetryWriter(
    DeviceDirectory devices,
    IDocumentStore store,
    ChangeLog changes,
    DeadLetters deadLetters,
    CommandEchoes echoes,
    RuleEngine rules
)
{
    /// <summary>How long a device's log lines are kept.</summary>
    public static readonly TimeSpan LogKept = TimeSpan.FromDays(30);

    /// <summary>Commits a batch; all of it is durable, and told, when the task completes. Doing it again changes nothing.</summary>
    internal async Task CommitAsync(
        TelemetryBatch batch,
        IReadOnlyList<Func<CancellationToken, Task>> points,
        CancellationToken cancellation
    )
    {
        var taken = new List<TakenValues>(batch.Watched.Count);
        foreach (var (tenant, values) in batch.Watched)
        {
            taken.Add(await rules.TakeAsync(tenant, WatchedValue.InOrder(values), cancellation));
        }

        // All at once, so that the local store takes them into one commit; each is safe to repeat where another fails.
        var writes = points.Select(write => write(cancellation)).ToList();
        foreach (var group in batch.Twins.Values.GroupBy(update => update.Device.Tenant))
        {
            writes.Add(UpdateTwinsAsync(group.Key, [.. group], cancellation));
        }

        foreach (var (partition, letters) in batch.DeadLetters)
        {
            writes.Add(deadLetters.AddAsync(partition, letters, cancellation));
        }

        foreach (var (tenant, lines) in batch.Log)
        {
            writes.Add(WriteLogAsync(tenant, lines, cancellation));
        }

        await Task.WhenAll(writes);

        foreach (var (tenant, device, echo) in batch.Echoes)
        {
            await echoes.TakeAsync(tenant, device, echo, cancellation);
        }

        foreach (var values in taken)
        {
            await rules.SettleAsync(values, cancellation);
        }

        foreach (var values in batch.Watched.Values)
        {
            WatchedLists.Return(values);
        }

        // Listeners are told of what is there to be read.
        foreach (var (tenant, all) in batch.Changes)
        {
            foreach (var chunk in all.Chunk(IDocumentStore.MaxWrites - 1))
            {
                await changes.CommitAsync(tenant, [], chunk, cancellation);
            }
        }
    }

    private async Task UpdateTwinsAsync(string tenant, IReadOnlyList<TwinUpdate> updates, CancellationToken cancellation)
    {
        var planned = updates.Select(update => (update, update.Device.Stored)).ToList();
        while (planned.Count > 0)
        {
            // A message that came before leaves the twin as it is.
            var writes = planned.ConvertAll(plan => Plan(plan.update, plan.Stored)).FindAll(write => write.New != write.Old.Value);
            var stale = await devices.UpdateManyAsync(tenant, writes, cancellation);
            var again = planned.FindAll(plan => stale.Contains(plan.Stored.Value.Id));
            planned.Clear();
            foreach (var (update, old) in again)
            {
                // A device that is gone in the meantime has no twin to bring up to date.
                if (await devices.FindAsync(tenant, old.Value.Id, cancellation) is { } current)
                {
                    planned.Add((update, current));
                }
            }
        }
    }

    private static (Stored<DeviceTwin> Old, DeviceTwin New, bool Log) Plan(TwinUpdate update, Stored<DeviceTwin> stored)
    {
        var twin = update.Apply(stored.Value);
        var tell = TwinUpdate.IsWorthTelling(stored.Value, twin);
        return (stored, tell ? twin with { Version = twin.Version + 1, Updated = update.Time } : twin, tell);
    }

    private async Task WriteLogAsync(string tenant, IReadOnlyList<DeviceLogLine> lines, CancellationToken cancellation)
    {
        var writes = lines.Select(line =>
        {
            var body = DeviceJson.Default.DeviceLogLine.ToBody(line);
            var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body.Span).AsSpan(0, 16));
            return new DocumentWrite(WriteMode.Upsert, Kinds.DeviceLog, id, body, Expires: line.Time + LogKept);
        });
        foreach (var chunk in writes.DistinctBy(write => write.Id).Chunk(IDocumentStore.MaxWrites))
        {
            await store.CommitAsync(tenant, chunk, cancellation);
        }
    }
}
