using System.Collections.Concurrent;
using Serverless.Domain.Documents;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The channels that sockets listen to in a tenant, and to whom what comes on them is shown.</summary>
internal sealed record ListenedChannels(ILookup<string, Audience> AudiencesByChannel, bool NeedsAncestors)
{
    public bool IsEmpty => AudiencesByChannel.Count == 0;
}

/// <summary>
/// The registry of groups: nothing is shown or sent for a channel on which nobody listens. A group that sockets of this process joined counts at once, one of another instance within two seconds; it ends by
/// itself unless it is renewed.
/// </summary>
internal sealed class RealtimeGroups(IDocumentStore store, CumulocityRealtimeOptions options, TimeProvider time)
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Tenant, string Group), DateTimeOffset> renewed = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, ListenedChannels Channels)> cache = new();
    private int registered;

    /// <summary>The group's name: without slashes, which Web PubSub's REST API does not take in it.</summary>
    public static string NameOf(string tenant, Audience audience, string channel) =>
        TokenHash.Of($"{tenant}\n{audience.BaseUrl}\n{channel}\n{audience.System}")[..40];

    /// <summary>Registers or renews groups.</summary>
    public async Task RenewAsync(string tenant, Audience audience, IEnumerable<string> channels, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var due = channels
            .Select(channel => (Channel: channel, Name: NameOf(tenant, audience, channel)))
            .Where(group => !renewed.TryGetValue((tenant, group.Name), out var last) || now - last >= options.SocketLease / 3)
            .ToList();
        foreach (var chunk in due.Chunk(IDocumentStore.MaxWrites))
        {
            await store.CommitAsync(
                tenant,
                [
                    .. chunk.Select(group => new DocumentWrite(
                        WriteMode.Upsert,
                        Kinds.RealtimeGroup,
                        group.Name,
                        RealtimeJson.Default.RealtimeGroup.ToBody(new RealtimeGroup(group.Channel, audience.BaseUrl, audience.System)),
                        Expires: now + options.SocketLease
                    )),
                ],
                cancellation
            );
            foreach (var (_, name) in chunk)
            {
                renewed[(tenant, name)] = now;
            }

            Interlocked.Increment(ref registered);
            cache.TryRemove(tenant, out _);
        }
    }

    public async ValueTask<ListenedChannels> FindAsync(string tenant, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (cache.TryGetValue(tenant, out var entry) && now - entry.Read <= CacheTime)
        {
            return entry.Channels;
        }

        var seen = Volatile.Read(ref registered);
        var groups = new List<RealtimeGroup>();
        var query = new DocumentQuery(tenant, Kinds.RealtimeGroup, Limit: 1000);
        await foreach (var item in store.QueryAllAsync(query, RealtimeJson.Default.RealtimeGroup, cancellation))
        {
            groups.Add(item.Value);
        }

        var channels = new ListenedChannels(
            groups.ToLookup(group => group.Channel, group => new Audience(group.BaseUrl, group.System)),
            groups.Exists(group => RealtimeChannels.NeedsAncestors(group.Channel))
        );
        if (Volatile.Read(ref registered) == seen)
        {
            cache[tenant] = (now, channels);
        }

        return channels;
    }
}
