using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>/measurement/measurements/series (reference 1.5).</summary>
internal sealed class SeriesRoutes(SeriesReader reader, SourceObjects sources, TenantDirectory tenants) : ICumulocityRoutes
{
    public IEnumerable<CumulocityRoute> All()
    {
        yield return new CumulocityRoute("GET", "/measurement/measurements/series", Permission.Read, GetAsync);
    }

    private async Task<CumulocityAnswer> GetAsync(CumulocityRequest request)
    {
        var (query, units) = (SeriesQuery.Of(request), SystemOfUnits.Of(request));
        var id = request.Query("source")!;
        var device = await sources.ForReadingAsync(request, id) ?? throw CumulocityErrors.ObjectNotFound(id);
        var settings = (await tenants.FindAsync(request.Tenant, request.Cancellation))?.Value.Settings ?? new TenantSettings();
        var most = settings.Cumulocity.MaxSeriesValues;
        return CumulocityAnswer.Ok(await reader.ReadAsync(request.Tenant, device, query, units, most, request.Cancellation), "");
    }
}
