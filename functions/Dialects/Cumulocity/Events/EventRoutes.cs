using System.Collections.Concurrent;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>/event/events (reference 1.6).</summary>
internal sealed class EventRoutes(
    EventDirectory events,
    EventQuery query,
    SourceObjects sources,
    DeviceDirectory devices,
    Heartbeats heartbeats,
    PageCursors pages
) : ICumulocityRoutes
{
    private const string Path = "/event/events";
    private const int NamesAtOnce = 16;

    public IEnumerable<CumulocityRoute> All()
    {
        yield return new CumulocityRoute("POST", Path, Permission.Write, CreateAsync);
        yield return new CumulocityRoute("GET", Path, Permission.Read, ListAsync);
        yield return new CumulocityRoute("DELETE", Path, Permission.Write, DeleteManyAsync);
        yield return new CumulocityRoute("GET", $"{Path}/{{id}}", Permission.Read, GetAsync);
        yield return new CumulocityRoute("PUT", $"{Path}/{{id}}", Permission.Write, UpdateAsync);
        yield return new CumulocityRoute("DELETE", $"{Path}/{{id}}", Permission.Write, DeleteAsync);
    }

    internal static CumulocityException NotFound { get; } = CumulocityErrors.NotFound("event", "Finding event from database failed");

    /// <summary>The event that a request names, and its source where that is there still.</summary>
    /// <exception cref="CumulocityException">There is none, or the caller may not see or change it.</exception>
    internal static async Task<(DeviceEvent Event, DeviceTwin? Source)> FindAsync(
        CumulocityRequest request,
        EventDirectory events,
        SourceObjects sources,
        bool writes
    )
    {
        var id = request["id"];
        var found = id.Length <= 20 && id.All(char.IsAsciiDigit) ? await events.FindAsync(request.Tenant, id, request.Cancellation) : null;
        if (found is null)
        {
            throw NotFound;
        }

        var source = await sources.ForReadingAsync(request, found.Value.Source);
        if (source is null)
        {
            SourceObjects.CheckWhole(request);
        }
        else if (writes)
        {
            await sources.CheckAsync(request, source);
        }

        return (found.Value, source);
    }

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var happened = EventParser.Read(await request.ReadObjectAsync());
        var source = await sources.ForWritingAsync(request, happened.Source);
        var made = await events.CreateAsync(
            request.Tenant,
            happened with
            {
                Source = source.Stored.Value.Id,
            },
            request.ProcessingMode.ToEffects(),
            request.Cancellation
        );
        if (!request.FromApplication)
        {
            await heartbeats.TakeAsync(request.Tenant, source.Stored, request.Cancellation);
        }

        var document = EventJson.Of(made, request.Urls, source.Stored.Value.Name);
        return CumulocityAnswer.Created(document, "event", (string)document["self"]!);
    }

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var (page, oldestFirst) = (request.Page, request.Flag("revert"));
        var filter = await query.ReadAsync(request, writes: false);
        var (items, hasMore) = await pages.ReadAsync(
            request,
            (limit, cursor) => events.ListAsync(request.Tenant, filter, oldestFirst, limit, cursor, request.Cancellation)
        );
        var found = items.Select(item => item.Value).ToList();
        var names = await NamesAsync(request, found.Select(happened => happened.Source).Distinct());
        return PageAnswer.Of(
            request,
            "events",
            "eventcollection",
            found.Select(happened => EventJson.Of(happened, request.Urls, names.GetValueOrDefault(happened.Source))),
            hasMore,
            page.WithTotals ? await events.CountAsync(request.Tenant, filter, request.Cancellation) : null
        );
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        var (happened, source) = await FindAsync(request, events, sources, writes: false);
        return CumulocityAnswer.Ok(EventJson.Of(happened, request.Urls, source?.Name), "event");
    }

    private async Task<CumulocityAnswer> UpdateAsync(CumulocityRequest request)
    {
        var (text, fragments) = EventParser.ReadChange(await request.ReadObjectAsync());
        var (happened, source) = await FindAsync(request, events, sources, writes: true);
        var effects = request.ProcessingMode.ToEffects();
        var changed = await GuardAsync(() =>
            events.UpdateAsync(request.Tenant, happened.Id, text, fragments, effects, request.Cancellation)
        );
        return CumulocityAnswer.Ok(EventJson.Of(changed, request.Urls, source?.Name), "event");
    }

    private async Task<CumulocityAnswer> DeleteAsync(CumulocityRequest request)
    {
        var (happened, _) = await FindAsync(request, events, sources, writes: true);
        await GuardAsync(async () =>
        {
            await events.DeleteAsync(request.Tenant, happened.Id, request.ProcessingMode.ToEffects(), request.Cancellation);
            return happened;
        });
        return CumulocityAnswer.NoContent;
    }

    private async Task<CumulocityAnswer> DeleteManyAsync(CumulocityRequest request)
    {
        string[] required = ["source", "dateFrom", "dateTo", "createdFrom", "createdTo"];
        if (required.All(name => request.Query(name) is null))
        {
            throw request.Invalid("A deletion of events names source, dateFrom, dateTo, createdFrom or createdTo.");
        }

        var filter = await query.ReadAsync(request, writes: true);
        var effects = request.ProcessingMode.ToEffects();
        await events.DeleteManyAsync(request.Tenant, filter, effects, request.Cancellation);
        return CumulocityAnswer.NoContent;
    }

    /// <summary>The names of objects, of those that are there.</summary>
    private async Task<IReadOnlyDictionary<string, string>> NamesAsync(CumulocityRequest request, IEnumerable<string> ids)
    {
        var names = new ConcurrentDictionary<string, string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = NamesAtOnce, CancellationToken = request.Cancellation };
        await Parallel.ForEachAsync(
            ids,
            options,
            async (id, cancellation) =>
            {
                if (await devices.FindAsync(request.Tenant, id, cancellation) is { } source)
                {
                    names[id] = source.Value.Name;
                }
            }
        );
        return names;
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (DomainException gone) when (gone.Refusal == Refusal.NotFound)
        {
            throw NotFound;
        }
    }
}
