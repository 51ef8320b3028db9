using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Rules;

/// <summary>Decides whether what is due is silent, as the series know it.</summary>
internal sealed class SilenceDecision(DeviceDirectory devices, RuleEngine engine, ISeriesTail series, TimeProvider time)
{
    // As many as one commit takes: between two of them the tenant's values pass.
    private const int AtOnce = 40;

    // When to look again at what is changing at this moment, in nanoseconds.
    private const long Again = 1_000_000_000;

    /// <summary>Looks at what is due. What could not be looked at stays due.</summary>
    public async Task TakeAsync(string tenant, WatchedTenant known, long now, CancellationToken cancellation)
    {
        await HearAsync(tenant, known, now, cancellation);
        var due = known.Dequeue(now);
        var done = 0;
        try
        {
            foreach (var chunk in due.Chunk(AtOnce))
            {
                await TakeAsync(tenant, known, chunk, now, cancellation);
                done += chunk.Length;
            }
        }
        finally
        {
            due.Skip(done).ToList().ForEach(channel => known.Enqueue(channel, now));
        }
    }

    /// <summary>Ends the silence of those that have a new value of which the engine was not told: whoever took it has died.</summary>
    public async Task EndAsync(string tenant, IReadOnlyList<WatchedChannel> silent, CancellationToken cancellation)
    {
        foreach (var chunk in silent.Chunk(AtOnce))
        {
            await TakeAsync(tenant, await ReadAsync(tenant, chunk, cancellation), cancellation);
        }
    }

    /// <summary>Puts those that are not silent any more back into the queue.</summary>
    private async Task HearAsync(string tenant, WatchedTenant known, long now, CancellationToken cancellation)
    {
        WatchedChannel[] silent = [.. known.Silent];
        var standings = await engine.ReadAsync(tenant, silent.Select(channel => channel.Standing), cancellation);
        for (var i = 0; i < silent.Length; i++)
        {
            if (!standings[i].Active)
            {
                known.Silent.Remove(silent[i]);
                known.Enqueue(silent[i], Math.Max(standings[i].Newest, now - silent[i].Rule.Silence) + silent[i].Rule.Silence);
            }
        }
    }

    private async Task TakeAsync(string tenant, WatchedTenant known, WatchedChannel[] due, long now, CancellationToken cancellation)
    {
        var suspects = new List<WatchedChannel>();
        var standings = await engine.ReadAsync(tenant, due.Select(channel => channel.Standing), cancellation);
        var next = new List<(WatchedChannel Channel, long At)>();
        for (var i = 0; i < due.Length; i++)
        {
            var until = Math.Max(standings[i].Newest, due[i].Begin) + due[i].Rule.Silence;
            if (standings[i].Active || until <= now)
            {
                suspects.Add(due[i]);
            }
            else
            {
                next.Add((due[i], until));
            }
        }

        var silent = await DecideAsync(tenant, suspects, now, next, cancellation);
        next.ForEach(one => known.Enqueue(one.Channel, one.At));
        silent.ForEach(channel => known.Silent.Add(channel));
    }

    /// <summary>Asks the series, and has the engine decide where they know nothing new.</summary>
    /// <returns>Those that are silent; the others are in the list of those to look at again.</returns>
    private async Task<List<WatchedChannel>> DecideAsync(
        string tenant,
        List<WatchedChannel> suspects,
        long now,
        List<(WatchedChannel Channel, long At)> next,
        CancellationToken cancellation
    )
    {
        var found = new List<(WatchedChannel Channel, WatchedValue Value)>();
        var values = await ReadAsync(tenant, suspects, cancellation);
        for (var i = 0; i < suspects.Count; i++)
        {
            var (channel, value) = (suspects[i], values[i]);
            if (
                value.Time > now - channel.Rule.Silence
                || await devices.FindAsync(tenant, channel.Standing.Device, cancellation) is { } device
                    && RuleIndex.IsWatched(channel.Rule, device.Value)
            )
            {
                found.Add((channel, value));
            }
            else
            {
                // It is gone at this moment, or the rule does not watch it any more: the device's change says so too.
                next.Add((channel, now + Again));
            }
        }

        await TakeAsync(tenant, [.. found.Select(one => one.Value)], cancellation);

        // A value may have been stored after the series were asked, and have passed the engine before it decided: nobody else would end the silence.
        await TakeAsync(tenant, await ReadAsync(tenant, [.. found.Select(one => one.Channel)], cancellation), cancellation);
        var silent = new List<WatchedChannel>();
        var standings = await engine.ReadAsync(tenant, found.Select(one => one.Channel.Standing), cancellation);
        for (var i = 0; i < found.Count; i++)
        {
            if (standings[i].Active)
            {
                silent.Add(found[i].Channel);
            }
            else
            {
                next.Add((found[i].Channel, Math.Max(standings[i].Newest + found[i].Channel.Rule.Silence, now + Again)));
            }
        }

        return silent;
    }

    private async Task TakeAsync(string tenant, IReadOnlyList<WatchedValue> values, CancellationToken cancellation) =>
        await engine.TellAsync(await engine.TakeAsync(tenant, values, cancellation), cancellation);

    /// <summary>The last values of channels, as the series know them; those of a clock that was far ahead are none.</summary>
    private async Task<List<WatchedValue>> ReadAsync(string tenant, IReadOnlyList<WatchedChannel> channels, CancellationToken cancellation)
    {
        if (channels.Count == 0)
        {
            return [];
        }

        var lasts = await series.ReadLastAsync(
            tenant,
            Tenant.DeviceDatabase,
            [.. channels.Select(channel => channel.Field)],
            PayloadTime.ToNanoseconds(time.GetUtcNow()) + Crossing.MostAhead,
            cancellation
        );
        return
        [
            .. channels.Select(
                (channel, i) =>
                    new WatchedValue(
                        [channel.Standing],
                        Math.Max(lasts[i]?.Time ?? long.MinValue, channel.Begin),
                        default,
                        Observation.Silence
                    )
            ),
        ];
    }
}
