using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.DeviceEvents;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Events;

/// <summary>Reads which events a request is about.</summary>
internal sealed class EventQuery(SourceObjects sources, DeviceScope scope, Links links)
{
    /// <summary>The most objects whose events one list may have; those beyond are left out, those next to the source stay.</summary>
    private const int MostSources = 1000;

    /// <summary>The filter of a request, and the source that it names.</summary>
    /// <exception cref="CumulocityException">A parameter is wrong, or the caller may not see what is asked for.</exception>
    public async Task<EventFilter> ReadAsync(CumulocityRequest request, bool writes)
    {
        var fragment = request.Query("fragmentType");
        return new EventFilter
        {
            Sources = await SourcesAsync(request, writes),
            Type = request.Query("type"),
            Fragment = fragment == EventJson.Attachment ? null : fragment,
            FragmentValue = fragment is null ? null : request.Query("fragmentValue"),
            HasAttachment = fragment == EventJson.Attachment ? true : null,
            From = request.Date("dateFrom"),
            To = request.Date("dateTo"),
            CreatedFrom = request.Date("createdFrom"),
            CreatedTo = request.Date("createdTo"),
            UpdatedFrom = request.Date("lastUpdatedFrom"),
            UpdatedTo = request.Date("lastUpdatedTo"),
        };
    }

    private async Task<IReadOnlyList<string>?> SourcesAsync(CumulocityRequest request, bool writes)
    {
        var relations = RelationsOf(request);
        if (request.Query("source") is not { } id)
        {
            if (relations.Count > 0)
            {
                throw request.Invalid("withSourceChildren and its like go with source.");
            }

            // A device lists what is its own; what it deletes it names.
            return writes ? Whole(request) : await scope.ListAsync(request);
        }

        if (await sources.ForReadingAsync(request, id) is not { } source)
        {
            // Events outlive nothing: an object that there is not has none.
            return [];
        }

        if (writes)
        {
            await sources.CheckAsync(request, source);
        }

        var all = new List<string> { source.Id };
        if (relations.Count > 0)
        {
            await foreach (var child in links.DescendantsAsync(request.Tenant, source.Id, relations, request.Cancellation))
            {
                all.Add(child);
                if (all.Count >= MostSources)
                {
                    break;
                }
            }
        }

        return all;
    }

    private static IReadOnlyList<string>? Whole(CumulocityRequest request)
    {
        SourceObjects.CheckWhole(request);
        return null;
    }

    private static List<Relation> RelationsOf(CumulocityRequest request)
    {
        var relations = new List<Relation>();
        var all = request.Flag("withSourceChildren");
        foreach (
            var (name, relation) in new[]
            {
                ("withSourceDevices", Relation.Device),
                ("withSourceAssets", Relation.Asset),
                ("withSourceAdditions", Relation.Addition),
            }
        )
        {
            if (request.Flag(name) || all)
            {
                relations.Add(relation);
            }
        }

        return relations;
    }
}
