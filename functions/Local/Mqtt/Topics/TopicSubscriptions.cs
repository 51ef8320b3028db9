using Serverless.Domain.Topics;
using Serverless.Local.Mqtt.IotHub;

namespace Serverless.Local.Mqtt.Topics;

/// <summary>The filters of one client, bounded; those of a persistent session are kept while it is away.</summary>
internal sealed class TopicSubscriptions(string key, TopicClient client, HubServices hub)
{
    private readonly Dictionary<string, int> filters = [];
    private IReadOnlyList<KeptSubscription> kept = [];
    private int characters;

    /// <summary>Opens the session.</summary>
    /// <returns>Whether an earlier one goes on.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancellation)
    {
        var earlier = await hub.Backend.GetTopicSessionAsync(key, cancellation);
        if (client.CleanSession)
        {
            if (earlier is not null)
            {
                await hub.Backend.SaveTopicSessionAsync(key, null, default, cancellation);
            }

            return false;
        }

        kept = earlier ?? [];
        if (earlier is null)
        {
            await SaveAsync(cancellation);
        }

        return earlier is not null;
    }

    /// <summary>Subscribes to what an earlier connection has left; what the client may not have any more is dropped.</summary>
    public async Task RestoreAsync(ITopicSession session, CancellationToken cancellation)
    {
        foreach (var subscription in kept)
        {
            if (KeptFilters.Restore(subscription.Filter, client) is { } filter)
            {
                await AddAsync(session, filter, subscription.Qos, cancellation);
            }
        }
    }

    /// <returns>Whether the client has the subscription: it may, and it is not one too many.</returns>
    public async Task<bool> AddAsync(ITopicSession session, string filter, int qos, CancellationToken cancellation)
    {
        var known = filters.ContainsKey(filter);
        if (!known && (filters.Count >= hub.Options.Subscriptions || characters + filter.Length > hub.Options.SubscriptionCharacters))
        {
            return false;
        }

        if (!await session.OnSubscribeAsync(filter, qos, cancellation))
        {
            return false;
        }

        characters += known ? 0 : filter.Length;
        filters[filter] = qos;
        return true;
    }

    public async Task RemoveAsync(ITopicSession session, string filter, CancellationToken cancellation)
    {
        if (filters.Remove(filter))
        {
            characters -= filter.Length;
            await session.OnUnsubscribeAsync(filter, cancellation);
        }
    }

    /// <summary>Keeps what there is, where the session is to be kept; its lifetime begins anew.</summary>
    public Task SaveAsync(CancellationToken cancellation)
    {
        if (client.CleanSession)
        {
            return Task.CompletedTask;
        }

        KeptSubscription[] all = [.. filters.Select(filter => new KeptSubscription(KeptFilters.Keep(filter.Key, client), filter.Value))];
        return hub.Backend.SaveTopicSessionAsync(key, all, hub.Time.GetUtcNow() + hub.Options.SessionLifetime, cancellation);
    }
}
