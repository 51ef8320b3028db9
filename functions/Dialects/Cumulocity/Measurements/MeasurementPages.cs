using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>One page of measurements.</summary>
internal sealed record MeasurementPage(IReadOnlyList<Measurement> Items, bool HasMore, long? Total);

/// <summary>Finds the page of measurements that a request asks for. A cursor is the place of the last one before it, so that a page costs the same however deep.</summary>
internal sealed class MeasurementPages(MeasurementReader reader, PageCursors cursors)
{
    /// <param name="request">What is asked.</param>
    /// <param name="source">Whose; null for all.</param>
    /// <param name="filter">Which.</param>
    /// <param name="descending">Whether the newest comes first.</param>
    public async Task<MeasurementPage> ReadAsync(CumulocityRequest request, DeviceTwin? source, MeasurementFilter filter, bool descending)
    {
        var (items, hasMore) = await cursors.ReadAsync(request, (limit, cursor) => ReadAsync(limit, cursor));
        return new MeasurementPage(items, hasMore, request.Page.WithTotals ? await CountAsync(request, source, filter) : null);

        async Task<(IReadOnlyList<Measurement>, string?)> ReadAsync(int limit, string? cursor)
        {
            var before = cursor is null ? (MeasurementPlace?)null : MeasurementPlace.Parse(cursor);
            var found = new List<Measurement>();
            await foreach (var measurement in ReadAllAsync(request, source, From(filter, before, descending), descending))
            {
                if (before is { } place && !MeasurementPlace.Of(measurement).IsAfter(place, descending))
                {
                    continue;
                }

                if (found.Count == limit)
                {
                    return (found, MeasurementPlace.Of(found[^1]).ToString());
                }

                found.Add(measurement);
            }

            return (found, null);
        }
    }

    /// <summary>The measurements, all of them.</summary>
    public IAsyncEnumerable<Measurement> ReadAllAsync(
        CumulocityRequest request,
        DeviceTwin? source,
        MeasurementFilter filter,
        bool descending
    ) =>
        source is null
            ? reader.ReadAllAsync(request.Tenant, filter, descending, request.Cancellation)
            : reader.ReadAsync(request.Tenant, source, filter, descending, request.Cancellation);

    private async Task<long> CountAsync(CumulocityRequest request, DeviceTwin? source, MeasurementFilter filter)
    {
        var count = 0L;
        await foreach (var _ in ReadAllAsync(request, source, filter, false))
        {
            count++;
        }

        return count;
    }

    private static MeasurementFilter From(MeasurementFilter filter, MeasurementPlace? start, bool descending) =>
        start is not { } place ? filter
        : descending ? filter with { To = place.Time == long.MaxValue ? place.Time : Math.Min(filter.To, place.Time + 1) }
        : filter with { From = Math.Max(filter.From, place.Time) };
}
