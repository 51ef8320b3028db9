using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The feeds of this process, one for each tenant that somebody has waited in.</summary>
internal sealed class ChangeFeeds(ChangeLog log, DeviceDirectory devices, Links links, TimeProvider time, ILogger<ChangeFeed> logger)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ChangeFeed>> feeds = new();

    public ChangeFeed Of(string tenant) =>
        feeds
            .GetOrAdd(
                tenant,
                name => new Lazy<ChangeFeed>(() =>
                    new ChangeFeed(name, log, (change, cancellation) => FindAncestorsAsync(name, change, cancellation), time, logger)
                )
            )
            .Value;

    /// <summary>The ancestors of a change's source, where it is told on their channels too.</summary>
    public ValueTask<Ancestors> FindAncestorsAsync(string tenant, LoggedChange change, CancellationToken cancellation) =>
        RealtimeChannels.KindOf(change) is "alarms" or "events"
        || (RealtimeChannels.KindOf(change) is "operations" && change.Action == "create")
            ? Ancestors.FindAsync(devices, links, tenant, change.Source, cancellation)
            : ValueTask.FromResult(Ancestors.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var feed in feeds.Values)
        {
            await feed.Value.DisposeAsync();
        }
    }
}
