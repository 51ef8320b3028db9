using System.Collections.Concurrent;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Rules;

/// <summary>A device that a rule of silence watches.</summary>
internal sealed class WatchedChannel(RuleStanding standing, DeviceTwin device)
{
    public RuleStanding Standing { get; } = standing;

    public Rule Rule => Standing.Rule;

    /// <summary>What must not be silent.</summary>
    public SeriesField Field { get; } =
        new(standing.Rule.Measurement, TagSet.Of(Tenant.DeviceTag, device.Uuid.ToString()), standing.Rule.Field);

    /// <summary>From when silence is counted where there is no value since, in nanoseconds since 1970.</summary>
    public long Begin { get; } = PayloadTime.ToNanoseconds(standing.Rule.Since > device.Created ? standing.Rule.Since : device.Created);

    /// <summary>Whether nobody watches it any more.</summary>
    public bool IsGone { get; set; }
}

/// <summary>What this instance knows of a tenant's rules of silence, under its gate: the devices that they watch, and when each is due to be looked at.</summary>
internal sealed class WatchedTenant
{
    private readonly Dictionary<string, List<WatchedChannel>> byDevice = [];
    private readonly PriorityQueue<WatchedChannel, long> due = new();
    private readonly List<RuleStandings> matching = [];
    private readonly ConcurrentQueue<string> news = new();

    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The rules that the devices were found for.</summary>
    public RuleIndex? Index { get; set; }

    /// <summary>Those whose silence is told.</summary>
    public HashSet<WatchedChannel> Silent { get; } = [];

    /// <summary>Takes note that a device has changed, without the gate.</summary>
    public void Tell(string device) => news.Enqueue(device);

    /// <summary>The devices that have changed, up to so many.</summary>
    public HashSet<string> TakeNews(int most)
    {
        var taken = new HashSet<string>();
        while (taken.Count < most && news.TryDequeue(out var id))
        {
            taken.Add(id);
        }

        return taken;
    }

    /// <summary>Watches a device by the rules that fit it as it is now, and by no others.</summary>
    /// <param name="id">The device's id.</param>
    /// <param name="device">The device, or null where it is gone.</param>
    /// <param name="index">The rules.</param>
    public void Watch(string id, DeviceTwin? device, RuleIndex index)
    {
        matching.Clear();
        if (device is not null)
        {
            index.MatchSilences(device, matching);
        }

        var before = byDevice.GetValueOrDefault(id) ?? [];
        var after = new List<WatchedChannel>(matching.Count);
        foreach (var rule in matching)
        {
            var standing = rule.Of(id);
            var known = before.Find(channel => channel.Standing == standing);
            after.Add(known ?? new WatchedChannel(standing, device!));
            if (known is null)
            {
                Enqueue(after[^1], after[^1].Begin + standing.Rule.Silence);
            }
        }

        foreach (var channel in before.Except(after))
        {
            Forget(channel);
        }

        if (after.Count > 0)
        {
            byDevice[id] = after;
        }
        else
        {
            byDevice.Remove(id);
        }
    }

    /// <summary>Watches no other devices than these.</summary>
    public void Keep(HashSet<string> devices)
    {
        foreach (var gone in byDevice.Where(device => !devices.Contains(device.Key)).ToList())
        {
            gone.Value.ForEach(Forget);
            byDevice.Remove(gone.Key);
        }
    }

    public void Enqueue(WatchedChannel channel, long at) => due.Enqueue(channel, at);

    /// <summary>Takes those that are due out of the queue.</summary>
    public List<WatchedChannel> Dequeue(long now)
    {
        var found = new List<WatchedChannel>();
        while (due.TryPeek(out _, out var at) && at <= now)
        {
            var channel = due.Dequeue();
            if (!channel.IsGone)
            {
                found.Add(channel);
            }
        }

        return found;
    }

    private void Forget(WatchedChannel channel)
    {
        channel.IsGone = true;
        Silent.Remove(channel);
    }
}
