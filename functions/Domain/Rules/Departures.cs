using System.Text.Json.Nodes;
using Serverless.Domain.Alarms;
using Serverless.Domain.Changes;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Rules;

/// <summary>Ends crossings of devices that their rule does not watch any more: they are in another group, of another type, disabled, or gone.</summary>
public sealed class Departures(IDocumentStore store, RuleEngine engine, DeviceDirectory devices, AlarmDirectory alarms)
{
    private const int PageSize = 500;

    /// <summary>Looks at every crossing of the tenant that is active.</summary>
    public async Task EndAsync(string tenant, CancellationToken cancellation)
    {
        if (await engine.FindAsync(tenant, cancellation) is not { } index)
        {
            return;
        }

        var active = new DocumentQuery(tenant, Kinds.RuleState, Filter.Eq("active", JsonValue.Create(true)), Limit: PageSize);
        await foreach (var state in store.QueryAllAsync(active, RuleJson.Default.RuleStateDocument, cancellation))
        {
            var (id, source) = (state.Value.Rule, state.Value.Source);
            if (index.Find(id) is not { } rule || rule.Rule.Version != state.Value.Version)
            {
                continue;
            }

            if (await devices.FindAsync(tenant, source, cancellation) is not { } device)
            {
                await RemoveAsync(tenant, state.Value, cancellation);
            }
            else if (!RuleIndex.IsWatched(rule.Rule, device.Value))
            {
                var departure = new WatchedValue([rule.Of(source)], state.Value.Newest, default, Observation.Departure);
                await engine.TellAsync(await engine.TakeAsync(tenant, [departure], cancellation), cancellation);
            }
        }
    }

    /// <summary>Removes what was stored while the device was deleted.</summary>
    private async Task RemoveAsync(string tenant, RuleStateDocument state, CancellationToken cancellation)
    {
        await alarms.DeleteManyAsync(tenant, new AlarmFilter { Devices = [state.Source] }, Effects.Store, cancellation);
        try
        {
            await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.RuleState, state.Id), cancellation);
        }
        catch (StoreConflictException)
        {
            // Another instance has removed it.
        }
    }
}
