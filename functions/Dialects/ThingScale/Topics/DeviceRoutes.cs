using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.ThingScale.Topics;

/// <summary>
/// The devices whose messages go to one client: those that it named, and all of the tenant where it asked for all; also devices that are made later, of which
/// the change log tells. They get TOKEN/ID/subscribe.
/// </summary>
internal sealed class DeviceRoutes(string tenant, string token, DeviceDirectory devices, ChangeLog changes, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>The most devices of one client.</summary>
    public const int MostDevices = 10_000;

    // The QoS of a subscription that is not there.
    private const int None = -1;

    private const int PageSize = 500;
    private const int ChangesAtATime = 100;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, int> named = new();
    private readonly Dictionary<string, (string HubId, string Name)> attached = [];
    private readonly CancellationTokenSource ended = new();
    private ITopicLink link = null!;
    private CancellationToken connection;
    private volatile int all = None;
    private bool full;
    private Task? watching;

    /// <param name="link">The way to the client.</param>
    /// <param name="cancellation">Ends with the connection.</param>
    public void Begin(ITopicLink link, CancellationToken cancellation) => (this.link, connection) = (link, cancellation);

    /// <summary>Adds a device, by the id by which this API calls it; it need not be there yet.</summary>
    public async Task AddAsync(string name, int qos, CancellationToken cancellation)
    {
        named[name] = qos;
        await WatchAsync(cancellation);
        if (await devices.FindByNameAsync(tenant, ThingScaleFragment.Name, name, cancellation) is { } device)
        {
            Consider(device.Value);
        }
    }

    /// <summary>Adds every device of the tenant, up to <see cref="MostDevices"/>.</summary>
    public async Task AddAllAsync(int qos, CancellationToken cancellation)
    {
        all = qos;
        await WatchAsync(cancellation);
        string? cursor = null;
        do
        {
            (var page, cursor) = await devices.ListAsync(tenant, null, null, PageSize, cursor, cancellation);
            foreach (var device in page)
            {
                Consider(device.Value);
            }
        } while (cursor is not null && !full);
    }

    public void Remove(string name)
    {
        named.TryRemove(name, out _);
        Forget();
    }

    public void RemoveAll()
    {
        all = None;
        Forget();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        if (watching is not null)
        {
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ended.Dispose();
    }

    /// <summary>From here on devices that are made are seen.</summary>
    private async Task WatchAsync(CancellationToken cancellation) =>
        watching ??= FollowAsync(await changes.GetLastAsync(tenant, cancellation));

    private async Task FollowAsync(long after)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, connection);
        try
        {
            while (true)
            {
                foreach (var change in await changes.WaitAsync(tenant, after, ChangesAtATime, LongestWait, end.Token))
                {
                    after = change.Sequence;
                    if (change.Kind == DeviceDirectory.ChangeKind)
                    {
                        await TakeAsync(change, end.Token);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            return; // the connection has ended
        }
        catch (StoreUnavailableException away)
        {
            // The client comes back, and with it its subscriptions.
            link.Close(away.Message);
        }
    }

    private async Task TakeAsync(LoggedChange change, CancellationToken cancellation)
    {
        if (await devices.FindAsync(tenant, change.Source, cancellation) is { } device)
        {
            Consider(device.Value);
            return;
        }

        lock (gate)
        {
            if (attached.Remove(change.Source, out var gone))
            {
                link.Detach(gone.HubId);
                full = false;
            }
        }
    }

    /// <summary>Attaches the device where it is wanted, under the hub id and name that it has now.</summary>
    private void Consider(DeviceTwin twin)
    {
        var name = twin.NameIn(ThingScaleFragment.Name);
        lock (gate)
        {
            var isAttached = attached.TryGetValue(twin.Id, out var known);
            if (isAttached && known == (twin.HubId, name))
            {
                return;
            }

            if (isAttached)
            {
                attached.Remove(twin.Id);
                link.Detach(known.HubId);
            }

            if (all == None && !named.ContainsKey(name))
            {
                return;
            }

            if (attached.Count >= MostDevices)
            {
                if (!full)
                {
                    ThingScaleLog.TooManyDevices(logger, tenant, MostDevices);
                }

                full = true;
                return;
            }

            attached[twin.Id] = (twin.HubId, name);
            link.Attach(twin.HubId, message => ToTopic(name, message));
        }
    }

    /// <summary>Detaches what is no longer wanted.</summary>
    private void Forget()
    {
        lock (gate)
        {
            foreach (var (id, (hubId, name)) in attached)
            {
                if (all == None && !named.ContainsKey(name))
                {
                    attached.Remove(id);
                    link.Detach(hubId);
                    full = false;
                }
            }
        }
    }

    private TopicMessage ToTopic(string name, CloudToDeviceMessage message)
    {
        var most = Math.Max(all, named.GetValueOrDefault(name));
        var qos = message.Properties.GetValueOrDefault(PublishHandler.QosProperty) == "0" ? 0 : 1;
        return new TopicMessage($"{token}/{name}/subscribe", message.Body, Math.Min(qos, most));
    }
}
