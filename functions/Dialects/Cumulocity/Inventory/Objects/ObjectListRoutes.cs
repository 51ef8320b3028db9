using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>Lists of managed objects, and how many there are (reference 1.3).</summary>
internal sealed class ObjectListRoutes(
    ManagedObjects objects,
    ObjectReferences references,
    ObjectFilters filters,
    DeviceSeries series,
    PageCursors cursors
) : ICumulocityRoutes
{
    private const string Collection = "managedObjects";

    public IEnumerable<CumulocityRoute> All() =>
        [
            new("GET", "/inventory/managedObjects", Permission.Read, ListAsync),
            new("GET", "/inventory/managedObjects/count", Permission.Read, CountAsync) { Produces = ["text/plain"] },
        ];

    private async Task<CumulocityAnswer> ListAsync(CumulocityRequest request)
    {
        var detail = ReferenceDetail.Of(request, children: false);
        var values = request.Flag("withLatestValues");
        var (twins, hasMore, total) = await PageAsync(request);
        var shown = new List<JsonNode>();
        foreach (var twin in twins)
        {
            var one = await references.ShowAsync(request.Tenant, twin, request.Urls, detail, request.Cancellation);
            if (values)
            {
                await series.AddLatestAsync(request.Tenant, twin, one, request.Cancellation);
            }

            shown.Add(one);
        }

        return PageAnswer.Of(request, Collection, "managedobjectcollection", shown, hasMore, total);
    }

    private async Task<(IReadOnlyList<DeviceTwin> Twins, bool HasMore, long? Total)> PageAsync(CumulocityRequest request)
    {
        var page = request.Page;
        if (await filters.ByIdAsync(request) is { } found)
        {
            var few = found.Skip((int)Math.Min(page.Skip, found.Count)).Take(page.Size).ToList();
            return (few, page.Skip + few.Count < found.Count && page.Size > 0, found.Count);
        }

        var query = await filters.ReadAsync(request);
        var (items, hasMore) = await cursors.ReadAsync(
            request,
            (limit, cursor) =>
                objects.Devices.ListObjectsAsync(request.Tenant, query.Filter, query.Order, limit, cursor, request.Cancellation)
        );
        var total = page.WithTotals
            ? await objects.Devices.CountObjectsAsync(request.Tenant, query.Filter, request.Cancellation)
            : (long?)null;
        return ([.. items.Select(item => item.Value)], hasMore, total);
    }

    private async Task<CumulocityAnswer> CountAsync(CumulocityRequest request)
    {
        var count = await filters.ByIdAsync(request) is { } found
            ? found.Count
            : await objects.Devices.CountObjectsAsync(request.Tenant, (await filters.ReadAsync(request)).Filter, request.Cancellation);
        return CumulocityAnswer.Ok(JsonValue.Create(count), "");
    }
}
