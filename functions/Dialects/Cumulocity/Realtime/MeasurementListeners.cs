using System.Collections.Concurrent;
using Serverless.Domain.Changes;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>
/// Has measurements logged while somebody subscribes to them. One listener stands for everybody who wants the same source; it is renewed with their requests and by upkeep, and ends by itself.
/// </summary>
internal sealed class MeasurementListeners(Listeners listeners, CumulocityRealtimeOptions options, TimeProvider time)
{
    /// <summary>With more sources than this in a tenant, every measurement is logged: the registry is read whole, every two seconds.</summary>
    private const int MostSources = 200;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, DateTimeOffset>> renewed = new();

    /// <summary>Registers or renews the listeners that these channels need.</summary>
    public async Task RenewAsync(string tenant, IEnumerable<string> channels, CancellationToken cancellation)
    {
        foreach (var channel in channels)
        {
            if (RealtimeChannels.TrySplit(channel, out var kind, out var source) && kind == RealtimeChannels.Measurements)
            {
                await RenewAsync(tenant, source, cancellation);
            }
        }
    }

    private async Task RenewAsync(string tenant, string source, CancellationToken cancellation)
    {
        var sources = renewed.GetOrAdd(tenant, _ => new ConcurrentDictionary<string, DateTimeOffset>());
        var now = time.GetUtcNow();
        if (sources.Count >= MostSources)
        {
            foreach (var (old, _) in sources.Where(pair => now - pair.Value > options.SocketLease))
            {
                sources.TryRemove(old, out _);
            }

            source = sources.Count >= MostSources ? RealtimeChannels.Any : source;
        }

        if (sources.TryGetValue(source, out var last) && now - last < options.SocketLease / 3)
        {
            return;
        }

        var wanted = source == RealtimeChannels.Any ? null : source;
        var id = $"cumulocity-{(wanted is null ? "all" : Domain.Users.TokenHash.Of(wanted)[..32])}";
        await listeners.ListenAsync(tenant, id, TelemetryPipeline.ChangeKind, wanted, options.SocketLease, cancellation);
        sources[source] = now;
    }
}
